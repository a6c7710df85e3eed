namespace Limen.Core

open System

/// A torch tensor. Functions of the module never change or dispose an argument and always return a fresh tensor.
/// A tensor made inside a `Tensor.scope` is disposed at the scope's end unless it is the scope's result or was `keep`t;
/// outside scopes dispose it yourself (a finalizer is the safety net). Scopes and gradient mode belong to the thread.
[<Sealed; Class>]
type Tensor =
    interface IDisposable
    /// The sizes, outermost first; [||] for a scalar.
    member Shape: int[]
    member DType: DType
    /// The number of elements.
    member Count: int64
    /// Whether gradients are recorded for it.
    member RequiresGrad: bool
    /// What the engine made, under no scope's care.
    internal new: raw: Raw -> Tensor
    /// What the engine holds. Throws ObjectDisposedException.
    member internal Raw: Raw
    /// Wraps what the engine made, in this thread's scope.
    static member internal Own: raw: Raw -> Tensor

/// The operations that the library needs, data argument last, over either engine.
[<RequireQualifiedAccess>]
module Tensor =

    // -- making and reading --
    /// A float32 tensor that owns a copy of the values, laid out row by row.
    val ofArray: shape: int[] -> values: float32[] -> Tensor
    /// The same from float64 values, kept as float64.
    val ofArray64: shape: int[] -> values: float[] -> Tensor
    /// A tensor of ids.
    val ofIds: shape: int[] -> values: int64[] -> Tensor
    /// A scalar (shape [||]) of type float32.
    val scalar: value: float -> Tensor
    val zeros: dtype: DType -> shape: int[] -> Tensor
    val ones: dtype: DType -> shape: int[] -> Tensor
    val full: dtype: DType -> shape: int[] -> value: float -> Tensor
    /// float32 memory whose content is not set: the caller fills it through `span` before any read.
    val empty: shape: int[] -> Tensor
    /// A copy of the values, row by row, as float32 (any type converts).
    val toArray: Tensor -> float32[]
    /// A copy of the values, row by row, as float64 (any type converts).
    val toArray64: Tensor -> float[]
    /// The value of a tensor with one element. Throws ArgumentException for any other count.
    val item: Tensor -> float
    /// The memory of a contiguous float32 tensor, for kernels. Valid while the tensor lives: outside scopes hold on to it
    /// (`use`) until the last access. Throws ArgumentException for other tensors.
    val span: Tensor -> Span<float32>
    /// The address of that memory, under the same conditions.
    val address: Tensor -> nativeint
    val cast: dtype: DType -> Tensor -> Tensor

    // -- elementwise; two-argument forms broadcast; `x |> sub y` is x - y: the piped value is the first operand --
    val add: Tensor -> Tensor -> Tensor
    val sub: Tensor -> Tensor -> Tensor
    val mul: Tensor -> Tensor -> Tensor
    val div: Tensor -> Tensor -> Tensor
    /// x + c
    val shift: c: float -> Tensor -> Tensor
    /// x * c
    val scale: c: float -> Tensor -> Tensor
    val neg: Tensor -> Tensor
    val abs: Tensor -> Tensor
    /// e^x
    val exp: Tensor -> Tensor
    /// The natural logarithm.
    val log: Tensor -> Tensor
    val sqrt: Tensor -> Tensor
    /// x to the power p.
    val pow: p: float -> Tensor -> Tensor
    val relu: Tensor -> Tensor
    val sigmoid: Tensor -> Tensor
    /// ln(1 + e^x), exact for large |x|.
    val softplus: Tensor -> Tensor
    /// The larger of two elements; the gradient of equal ones is halved.
    val maximum: Tensor -> Tensor -> Tensor
    val minimum: Tensor -> Tensor -> Tensor
    /// Limits to [low, high]; the gradient is 0 outside.
    val clamp: low: float -> high: float -> Tensor -> Tensor
    /// 1 (Bool true) where x > c.
    val greaterThan: c: float -> Tensor -> Tensor
    /// Elements of a where the mask (Bool) is true, of b elsewhere.
    val where: mask: Tensor -> a: Tensor -> b: Tensor -> Tensor

    // -- reductions; an axis is removed unless said otherwise --
    /// The sum of all elements; 0 of none.
    val sum: Tensor -> Tensor
    /// The mean of all elements; NaN of none.
    val mean: Tensor -> Tensor
    val sumAxis: axis: int -> Tensor -> Tensor
    val meanAxis: axis: int -> Tensor -> Tensor
    /// The largest along an axis; equal ones share the gradient. Throws TensorException where the axis is empty.
    val maxAxis: axis: int -> Tensor -> Tensor
    /// ln of the sum of exponentials along an axis.
    val logSumExp: axis: int -> Tensor -> Tensor
    val softmax: axis: int -> Tensor -> Tensor

    // -- linear algebra, layout; transpose, columns and, where it can, reshape share the memory of their argument --
    /// [m, k] times [k, n]; `a |> mm b` is a b.
    val mm: Tensor -> Tensor -> Tensor
    /// The same of two float32 or two bfloat16 matrices, summed and given in float32; no gradient flows. (Over torchsharp, torch rounds
    /// what bfloat16 gives to bfloat16.)
    val product: Tensor -> Tensor -> Tensor
    /// The transpose of a matrix.
    val transpose: Tensor -> Tensor
    /// The same elements, row by row, in another shape.
    val reshape: shape: int[] -> Tensor -> Tensor
    val cat: axis: int -> Tensor list -> Tensor
    /// The chosen rows (Int64 ids) of a matrix.
    val selectRows: ids: Tensor -> Tensor -> Tensor
    /// The columns from .. from + count - 1 of a matrix.
    val columns: from: int -> count: int -> Tensor -> Tensor
    /// Rows [n, h] summed into a fresh [rows, h] matrix at the ids (Int64, n of them).
    val addRows: rows: int -> ids: Tensor -> Tensor -> Tensor

    // -- autograd --
    /// A fresh leaf with a copy of the values that records gradients.
    val leaf: Tensor -> Tensor
    /// The same values, outside the graph (memory shared).
    val detach: Tensor -> Tensor
    /// A copy, laid out row by row; gradients flow through it.
    val clone: Tensor -> Tensor
    /// d x / d leaves, added to each leaf's gradient; x has one element.
    val backward: Tensor -> unit
    /// The same for any shape, with d loss / d x given: where a fused kernel has computed it.
    val backwardWith: gradient: Tensor -> Tensor -> unit
    /// The gradient gathered so far (memory shared with later gathering), None before any `backward`.
    val grad: Tensor -> Tensor option
    /// Forgets the gradient.
    val zeroGrad: Tensor -> unit
    /// Runs without recording gradients on this thread.
    val noGrad: (unit -> 'a) -> 'a

    // -- scopes --
    /// Runs f and disposes every tensor that it made on this thread, except its result.
    val scope: (unit -> Tensor) -> Tensor
    /// Runs f, which must not return tensors, and disposes every tensor that it made on this thread.
    val using: (unit -> 'a) -> 'a
    /// Takes a tensor out of the current scope, into the one around it (or out of scopes altogether).
    val keep: Tensor -> Tensor

/// The engine as a whole: memory, threads, what serves BLAS.
[<RequireQualifiedAccess>]
module TensorRuntime =
    /// "libtorch" or "torchsharp".
    val engine: string
    val version: unit -> string
    /// Bytes of tensor memory that are in use now (exact for libtorch; -1 where the engine cannot say).
    val liveBytes: unit -> int64
    /// The largest number of live bytes so far (-1 where the engine cannot say, as in the next two).
    val peakBytes: unit -> int64
    /// How often memory was asked of the system, rather than reused from the allocator's cache.
    val systemAllocations: unit -> int64
    /// Tensor handles that are not yet disposed.
    val liveHandles: unit -> int64
    /// Refuses, with a TensorException, allocations that would take live bytes above the limit; None: no limit.
    /// Throws NotSupportedException where the engine has no limits (torchsharp).
    val setMemoryLimit: bytes: int64 option -> unit
    /// Threads for torch's own operators. A matrix product runs on one (libtorch with OpenBLAS): the kernels' workers cut large ones.
    val setThreads: n: int -> unit
    val threads: unit -> int
    /// Runs f, whose operators use the calling thread alone: for work that threads share already (libtorch; torchsharp runs f as it is).
    val onOneThread: f: (unit -> 'a) -> 'a
    /// The library file that serves BLAS, where it can be told.
    val blas: unit -> string option
    /// Warnings about the set-up (the reference BLAS serves, for example), one line each, with the fix.
    val warnings: unit -> string list
