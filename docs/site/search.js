// A page that is opened as a file may start no worker, and the search of the site is one: here a hidden frame runs it.
// Messages are copies and come later, as those of a worker.
if (location.protocol === "file:") {
  const send = (data, receive) => setTimeout(receive, 0, { data: structuredClone(data) });
  window.Worker = class {
    constructor(script) {
      this.frame = document.createElement("iframe");
      this.frame.hidden = true;
      this.frame.srcdoc = "";
      this.loaded = new Promise((loaded) => {
        this.frame.onload = () => {
          const inside = this.frame.contentWindow;
          inside.postMessage = (data) => send(data, (message) => this.onmessage?.(message));
          const element = inside.document.createElement("script");
          element.src = script;
          element.onload = () => loaded(inside);
          inside.document.head.append(element);
        };
      });
      document.body.append(this.frame);
    }

    postMessage(data) {
      this.loaded.then((inside) => send(data, inside.onmessage));
    }

    terminate() {
      this.frame.remove();
    }
  };
}
