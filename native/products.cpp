// Products of float32 or bfloat16 matrices, summed and given in float32: torch 1.13 rounds those of bfloat16 to it. oneDNN makes them,
// which torch itself brings along.
#include "limen.hpp"
#include <oneapi/dnnl/dnnl.hpp>

using namespace limen;

namespace {

dnnl::engine& processor() {
  static dnnl::engine one(dnnl::engine::kind::cpu, 0);
  return one;
}

// A factor whose rows or columns are contiguous; oneDNN has fast kernels for those alone.
at::Tensor factor(at::Tensor t) { return t.stride(0) == 1 || t.stride(1) == 1 ? t : t.contiguous(); }

dnnl::memory memory_of(const at::Tensor& t) {
  auto type = t.scalar_type() == at::kFloat ? dnnl::memory::data_type::f32 : dnnl::memory::data_type::bf16;
  return {{{t.size(0), t.size(1)}, type, {t.stride(0), t.stride(1)}}, processor(), t.data_ptr()};
}

}  // namespace

// [m, k] times [k, n]; outside the graph.
LIMEN_API int limen_product(void* left, void* right, void** out) {
  return guard([&] {
    auto a = borrow(left), b = borrow(right);
    TORCH_CHECK(a.dim() == 2 && b.dim() == 2 && a.size(1) == b.size(0), "expected the product of [m, k] and [k, n], received ", a.sizes(),
                " and ", b.sizes());
    TORCH_CHECK(a.scalar_type() == b.scalar_type() && (a.scalar_type() == at::kFloat || a.scalar_type() == at::kBFloat16),
                "expected two float32 or two bfloat16 matrices, received ", a.scalar_type(), " and ", b.scalar_type());
    auto c = at::empty({a.size(0), b.size(1)}, at::TensorOptions().dtype(at::kFloat));
    if (a.numel() == 0 || b.numel() == 0) {
      c.zero_();
    } else {
      a = factor(a);
      b = factor(b);
      auto x = memory_of(a), y = memory_of(b), z = memory_of(c);
      thread_local dnnl::stream stream(processor());
      dnnl::matmul::primitive_desc plan({x.get_desc(), y.get_desc(), z.get_desc()}, processor());
      dnnl::matmul(plan).execute(stream, {{DNNL_ARG_SRC, x}, {DNNL_ARG_WEIGHTS, y}, {DNNL_ARG_DST, z}});
      stream.wait();
    }
    *out = give(std::move(c));
  });
}
