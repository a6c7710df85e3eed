// What has no operator: handles, storage, the autograd engine, gradient mode, threads.
#include "limen.hpp"
#include <ATen/Parallel.h>
#include <torch/csrc/autograd/autograd.h>
#include <torch/version.h>
#include <dlfcn.h>
#include <omp.h>
#include <atomic>
#include <climits>
#include <cstdlib>
#include <cstring>

using namespace limen;

namespace limen {
thread_local std::string last_error;
static std::atomic<int64_t> handles{0};
void count_handles(int64_t change) { handles.fetch_add(change, std::memory_order_relaxed); }
}  // namespace limen

LIMEN_API const char* limen_error() { return last_error.c_str(); }
LIMEN_API const char* limen_version() { return TORCH_VERSION; }

// -- handles --

LIMEN_API int64_t limen_handles() { return handles.load(); }

LIMEN_API void limen_free(void* handle) {
  if (!handle) return;
  count_handles(-1);
  Pointer::reclaim(static_cast<at::TensorImpl*>(handle));
}

struct Description {
  int32_t dtype, rank, contiguous, requires_grad;
  int64_t count;
  int64_t sizes[12];
};

LIMEN_API int limen_describe(void* handle, Description* out) {
  return guard([&] {
    auto t = borrow(handle);
    TORCH_CHECK(t.dim() <= 12, "tensors of rank ", t.dim(), " are not supported: 12 is the most");
    *out = {static_cast<int32_t>(t.scalar_type()), static_cast<int32_t>(t.dim()), t.is_contiguous(), t.requires_grad(), t.numel(), {}};
    std::copy(t.sizes().begin(), t.sizes().end(), out->sizes);
  });
}

// -- storage --

// Row-major memory of this shape: a copy of the values, or not set where there are none.
LIMEN_API int limen_new(const void* values, const int64_t* sizes, int rank, int dtype, void** out) {
  return guard([&] {
    auto t = at::empty(at::IntArrayRef(sizes, rank), at::TensorOptions().dtype(static_cast<at::ScalarType>(dtype)));
    if (values && t.numel()) std::memcpy(t.data_ptr(), values, t.nbytes());
    *out = give(std::move(t));
  });
}

LIMEN_API int limen_full(double value, const int64_t* sizes, int rank, int dtype, void** out) {
  return guard([&] {
    *out = give(at::full(at::IntArrayRef(sizes, rank), value, at::TensorOptions().dtype(static_cast<at::ScalarType>(dtype))));
  });
}

// Copies the values out, row by row, converted to dtype.
LIMEN_API int limen_read(void* handle, int dtype, void* values) {
  return guard([&] {
    auto t = borrow(handle).detach().to(static_cast<at::ScalarType>(dtype)).contiguous();
    if (t.numel()) std::memcpy(values, t.data_ptr(), t.nbytes());
  });
}

LIMEN_API int limen_address(void* handle, void** out) {
  return guard([&] { *out = borrow(handle).data_ptr(); });
}

// -- autograd --

LIMEN_API int limen_record(void* handle) {
  return guard([&] { borrow(handle).requires_grad_(true); });
}

// gradient: null where the tensor has one element and counts once.
LIMEN_API int limen_backward(void* handle, void* gradient) {
  return guard([&] { torch::autograd::backward({borrow(handle)}, {borrow(gradient)}); });
}

LIMEN_API int limen_grad(void* handle, void** out) {
  return guard([&] { *out = give(borrow(handle).grad()); });
}

LIMEN_API int limen_forget_grad(void* handle) {
  return guard([&] { borrow(handle).mutable_grad() = at::Tensor(); });
}

// Sets this thread's gradient mode and returns the one before.
LIMEN_API int limen_grad_mode(int on) {
  int before = at::GradMode::is_enabled();
  at::GradMode::set_enabled(on != 0);
  return before;
}

// -- torch's own threads --

LIMEN_API int limen_threads() { return at::get_num_threads(); }

LIMEN_API int limen_set_threads(int count) {
  return guard([&] { at::set_num_threads(count); });
}

// Sets how many threads torch's operators use where this thread calls them, and returns the number before.
LIMEN_API int limen_own_threads(int count) {
  int before = at::get_num_threads();  // the first call of a thread takes over the number that was set for all
  omp_set_num_threads(count);
  return before;
}

// The file that serves matrix products here, links followed; null where it cannot be told.
LIMEN_API const char* limen_blas() {
  static char path[PATH_MAX];
  Dl_info info;
  auto sgemm = dlsym(RTLD_DEFAULT, "sgemm_");
  return sgemm && dladdr(sgemm, &info) ? realpath(info.dli_fname, path) : nullptr;
}
