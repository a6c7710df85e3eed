namespace Limen.Core

open TorchSharp

/// Tensors to and from TorchSharp without a copy: our losses in an existing TorchSharp training loop.
[<RequireQualifiedAccess>]
module TorchSharpInterop =

    /// The same tensor, memory and graph included, for the functions of module Tensor. It stays the caller's: no
    /// `Tensor.scope` disposes it.
    let ofTorch (tensor: torch.Tensor) : Tensor = new Tensor(tensor)

    /// The same tensor, memory and graph included, for TorchSharp's own functions. It lives as long as the Tensor:
    /// `Tensor.keep` it where it is to outlive a scope.
    let toTorch (tensor: Tensor) : torch.Tensor = tensor.Raw
