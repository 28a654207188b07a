from . import showers as showers
