// Showers by a generator that `showergan export` wrote: ./generate generator.onnx particles.csv > showers.csv
// One line per particle: the energy deposits [MeV] of 30 x 30 cells, row (y) by row, column (x) by column.
#include <onnxruntime_cxx_api.h>

#include <array>
#include <cstdio>
#include <cstring>
#include <exception>
#include <fstream>
#include <random>
#include <stdexcept>
#include <string>
#include <vector>

int main(int argc, char** argv) try {
  if (argc != 3) throw std::runtime_error("usage: generate generator.onnx particles.csv");
  std::ifstream particles(argv[2]);
  std::string line;
  if (!std::getline(particles, line) || line != "px_GeV,py_GeV,pz_GeV,x_cm,y_cm")
    throw std::runtime_error(std::string(argv[2]) + ": the first line is not px_GeV,py_GeV,pz_GeV,x_cm,y_cm");
  std::vector<float> point, momentum;
  for (float px, py, pz, x, y; std::getline(particles, line);) {
    if (std::sscanf(line.c_str(), "%f,%f,%f,%f,%f", &px, &py, &pz, &x, &y) != 5 || !(pz > 0))
      throw std::runtime_error(std::string(argv[2]) + ": no five numbers with pz > 0: " + line);
    point.insert(point.end(), {x, y});
    momentum.insert(momentum.end(), {px, py, pz});
  }
  const size_t n = point.size() / 2;
  if (n == 0) throw std::runtime_error(std::string(argv[2]) + ": no particles");

  Ort::Env env;
  Ort::Session session(env, argv[1], Ort::SessionOptions{});
  Ort::AllocatorWithDefaultOptions allocator;
  auto about = session.GetModelMetadata().LookupCustomMetadataMapAllocated("showergan", allocator);
  if (!about || !std::strstr(about.get(), "\"noise\": \"uniform\""))
    throw std::runtime_error(std::string(argv[1]) + ": not of showergan, or its noise is not uniform");
  auto width = [&](size_t input) {
    return session.GetInputTypeInfo(input).GetTensorTypeAndShapeInfo().GetShape()[1];
  };
  std::mt19937 random(1);  // another seed, other showers
  auto uniform = [&] { return (random() >> 8) * 0x1p-24f; };  // in [0, 1)
  std::vector<float> noise(n * width(0)), drawn;
  for (float& value : noise) value = 2 * uniform() - 1;  // in [-1, 1)
  if (session.GetInputCount() == 4) drawn.resize(n * width(3));  // with `energy: response`
  for (float& value : drawn) value = uniform();

  auto memory = Ort::MemoryInfo::CreateCpu(OrtArenaAllocator, OrtMemTypeDefault);
  auto tensor = [&](std::vector<float>& values) {
    std::array<int64_t, 2> shape = {int64_t(n), int64_t(values.size() / n)};
    return Ort::Value::CreateTensor<float>(memory, values.data(), values.size(), shape.data(), 2);
  };
  const char* inputs[] = {"noise", "point", "momentum", "uniform"};
  const char* outputs[] = {"energy"};
  const Ort::Value given[] = {tensor(noise), tensor(point), tensor(momentum), tensor(drawn)};
  auto made = session.Run(Ort::RunOptions{}, inputs, given, session.GetInputCount(), outputs, 1);

  const float* energy = made[0].GetTensorData<float>();
  for (size_t i = 0; i < 900 * n; ++i) std::printf("%.9g%c", energy[i], i % 900 < 899 ? ',' : '\n');
} catch (const std::exception& error) {
  std::fprintf(stderr, "error: %s\n", error.what());
  return 1;
}
