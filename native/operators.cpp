// Every ATen operator through one entry: the dispatcher's boxed call over blittable argument cells.
#include "limen.hpp"
#include <ATen/core/dispatch/Dispatcher.h>
#include <ATen/core/stack.h>
#include <vector>

using namespace limen;

namespace {

enum Tag : int32_t { Nothing = 0, Tensor = 1, Int = 2, Double = 3, Bool = 4, Ints = 5, Tensors = 6 };

// 16 bytes: what the argument is, how many elements a list has, and the value or the address of the list.
struct Cell {
  int32_t tag;
  int32_t count;
  union {
    int64_t integer;
    double real;
    void* pointer;
  };
};
static_assert(sizeof(Cell) == 16, "the caller's cells have 16 bytes");

c10::IValue value(const Cell& cell) {
  switch (cell.tag) {
    case Nothing: return c10::IValue();
    case Tensor: return c10::IValue(borrow(cell.pointer));
    case Int: return c10::IValue(cell.integer);  // scalar types and memory formats too: they are boxed as integers
    case Double: return c10::IValue(cell.real);
    case Bool: return c10::IValue(cell.integer != 0);
    case Ints: {
      auto p = static_cast<const int64_t*>(cell.pointer);
      return c10::IValue(c10::List<int64_t>(c10::ArrayRef<int64_t>(p, cell.count)));
    }
    case Tensors: {
      c10::List<at::Tensor> list;
      list.reserve(cell.count);
      for (int i = 0; i < cell.count; i++) list.push_back(borrow(static_cast<void**>(cell.pointer)[i]));
      return c10::IValue(std::move(list));
    }
  }
  TORCH_CHECK(false, "argument tag ", cell.tag, " is unknown");
}

struct Operator {
  c10::OperatorHandle handle;
  std::vector<c10::optional<c10::IValue>> defaults;
};

}  // namespace

// An operator by name ("aten::add") and overload ("Tensor" or ""); callers keep it for the life of the process.
LIMEN_API int limen_operator(const char* name, const char* overload, void** out) {
  return guard([&] {
    auto handle = c10::Dispatcher::singleton().findSchemaOrThrow(name, overload);
    std::vector<c10::optional<c10::IValue>> defaults;
    for (const auto& argument : handle.schema().arguments()) defaults.push_back(argument.default_value());
    *out = new Operator{handle, std::move(defaults)};
  });
}

// Calls an operator whose result is one tensor. Arguments beyond the cells take their defaults.
LIMEN_API int limen_call(const void* op, const Cell* cells, int count, void** out) {
  return guard([&] {
    auto& o = *static_cast<const Operator*>(op);
    torch::jit::Stack stack;
    stack.reserve(o.defaults.size());
    for (int i = 0; i < count; i++) stack.push_back(value(cells[i]));
    for (size_t i = count; i < o.defaults.size(); i++) {
      TORCH_CHECK(o.defaults[i], o.handle.schema().name(), ": argument ", i, " has no default");
      stack.push_back(*o.defaults[i]);
    }
    o.handle.callBoxed(&stack);
    TORCH_CHECK(stack.size() == 1 && stack[0].isTensor(), o.handle.schema().name(), " does not give one tensor");
    *out = give(std::move(stack[0]).toTensor());
  });
}
