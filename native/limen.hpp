// The parts of the C ABI that every file shares: errors as return codes, tensor handles as counted pointers.
#pragma once
#include <ATen/ATen.h>
#include <cstdint>
#include <string>

#define LIMEN_API extern "C" __attribute__((visibility("default")))

namespace limen {

// A handle is a TensorImpl* that carries one strong count of its intrusive_ptr, and nothing else.
using Pointer = c10::intrusive_ptr<at::TensorImpl, at::UndefinedTensorImpl>;

extern thread_local std::string last_error;
void count_handles(int64_t change);

// A counted copy of a handle's tensor; the handle stays the caller's.
inline at::Tensor borrow(void* handle) {
  return handle ? at::Tensor(Pointer::unsafe_reclaim_from_nonowning(static_cast<at::TensorImpl*>(handle))) : at::Tensor();
}

// Hands one count of the tensor to the caller; an undefined tensor is a null handle.
inline void* give(at::Tensor tensor) {
  if (!tensor.defined()) return nullptr;
  count_handles(+1);
  return tensor.unsafeReleaseTensorImpl();
}

// Runs f; an exception becomes the return code 1 and this thread's last error.
template <class F>
int guard(F&& f) noexcept {
  try {
    f();
    return 0;
  } catch (const c10::Error& e) {
    last_error = e.what_without_backtrace();
  } catch (const std::exception& e) {
    last_error = e.what();
  } catch (...) {
    last_error = "an exception that is not a std::exception";
  }
  return 1;
}

}  // namespace limen
