namespace Limen.Core

open Limen
open TorchSharp

/// A loss of the library as a module of torch.nn, as torch's own losses are: forward(input, target), with logits (or margins z - theta) and the
/// truth, both [B, L], gives a scalar that can be differentiated by the input. Any device and floating-point type; on contiguous float32 tensors of
/// the CPU a loss of BCE and margin terms takes one fused pass. Loads torch. Forward throws ArgumentException where the shapes differ.
/// Its value is best put beside others by `Loss.Plus` and `Loss.Times` before it is a module: TorchSharp's `a + b` and `0.1f * a` rest on numbers that nobody
/// holds, and may fail or be wrong when the garbage collector comes by (`Loss.ofPairs` says how they are held).
[<Sealed>]
type LossModule(loss: Loss) =
    inherit torch.nn.Module<torch.Tensor, torch.Tensor, torch.Tensor>(Tensors.moduleName "Limen.LossModule")

    let terms = FusedTerms.ofLoss loss

    /// What the loss is made of.
    member _.Loss = loss

    override _.forward(input, target) =
        match terms with
        | Some terms when input |> FusedLoss.takes [] [ target ] ->
            Tensors.scope (fun () ->
                let none = Tensors.zeros [ int input.shape[1] ]
                input |> FusedLoss.value terms none none None target)
        | _ -> Loss.value loss (Targets target) (Margins input)
