namespace Limen.Core

open System.Runtime.Intrinsics.X86

/// How precisely the three products of the output layer are made in training: z = h W', dh = dz W, dW = dz' h.
[<RequireQualifiedAccess>]
type Precision =
    /// In float32 (the default).
    | Single
    /// Factors are rounded to bfloat16, each with a relative error of at most 2^-8; the sums of their products, the weights, the loss,
    /// the other gradients and the optimiser stay in float32 (Kalamkar et al. 2019, https://arxiv.org/abs/1905.12322). For processors
    /// with AVX512-BF16, where products take about half the time (Products.hasBFloat16); others would emulate it, slowly, and stay in float32.
    /// So do batches of which few hidden units are not 0, where leaving out the zeros is faster (HiddenUnits.ofTensor).
    | Mixed

/// The factors of matrix products in a precision: round them once, then multiply them (Tensor.product) as often as they are needed.
[<RequireQualifiedAccess>]
module Products =

    /// Whether the processor multiplies bfloat16 itself: leaf 7, subleaf 1 of CPUID, bit 5 of EAX (Intel SDM, volume 2A, CPUID).
    let hasBFloat16: bool =
        Avx512BW.IsSupported
        && (let struct (features, _, _, _) = X86Base.CpuId(7, 1) in features &&& (1 <<< 5) <> 0)

    /// A float32 matrix as a factor: itself, or its values rounded to the nearest bfloat16.
    let factor (precision: Precision) (m: Tensor) : Tensor =
        match precision with
        | Precision.Mixed when hasBFloat16 -> Tensor.cast BFloat16 m
        | Precision.Mixed
        | Precision.Single -> m
