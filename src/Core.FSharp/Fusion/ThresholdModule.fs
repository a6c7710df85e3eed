namespace Limen

open System
open Limen.Core
open TorchSharp

/// The paper's threshold (arXiv 2505.03118, section 3) as a module of torch.nn with learnable numbers:
/// theta_l(x) = lambda alpha_l IDF_l + (1 - lambda) beta_l A_l(x) + b_l, in logit space. forward(logits, local), z and A both [B, L], gives the
/// margins z - theta [B, L]: a label is predicted where its margin is above 0. Parameters: `odds`, ln(lambda / (1 - lambda)), a scalar, so that lambda stays
/// in (0, 1); `alpha`, one number, one per bucket or [L], as they are shared; `beta` [L]; `bias` [L]. Buffer: `idf` [L]. Loads torch.
[<Sealed>]
type ThresholdModule(idf: float32[], fusion: Fusion) as this =
    inherit torch.nn.Module<torch.Tensor, torch.Tensor, torch.Tensor>(Tensors.moduleName "Limen.ThresholdModule")

    let parameter name (values: torch.Tensor) =
        this.register_parameter (name, new Modules.Parameter(values))

    do
        Fusion.offsets idf fusion |> ignore // the shapes agree
        parameter "odds" (Tensors.scalar (log (float fusion.Lambda / (1.0 - float fusion.Lambda))))
        parameter "alpha" (torch.from_array (Alpha.values fusion.Alpha))
        parameter "beta" (torch.from_array fusion.Beta)
        parameter "bias" (torch.from_array fusion.Bias)
        this.register_buffer ("idf", torch.from_array idf)
        this.register_buffer ("slots", torch.from_array (Alpha.slots idf fusion.Alpha |> Array.map int64))

    // asked for by name, because moving a module to another device or type replaces them
    let learned name : torch.Tensor = this.get_parameter name
    let given name : torch.Tensor = this.get_buffer name

    /// Thresholds of 0 everywhere, with one alpha for all labels. idf [L] is at most 1: ln((N + 1) / (n_l + 1)) over the largest of them, say.
    new(idf: float32[]) = new ThresholdModule(idf, Fusion.zero (Shared 0f) idf.Length)

    /// Where the library's own training starts, from the labels' positives n_l [L] among N training rows: IDF over its largest value, one alpha for all labels, b at each label's
    /// log-odds, so that logits of 0 predict a label as often as it occurs, and lower thresholds for labels that the neighbours carry.
    static member OfCounts(rows: int, positives: int[]) : ThresholdModule =
        new ThresholdModule(
            Rarity.ofSupport rows positives,
            Fusion.atLogOdds (Shared 0f) true (LabelCounts.create rows positives)
        )

    /// lambda alpha_l IDF_l + b_l [L].
    member internal _.Offset: torch.Tensor =
        (learned "odds").sigmoid()
        * (learned "alpha").index_select(0L, given "slots")
        * given "idf"
        |> Tensors.add (learned "bias")

    /// (1 - lambda) beta_l [L].
    member internal _.Slope: torch.Tensor = (-(learned "odds")).sigmoid() * learned "beta"

    /// The numbers as they are now.
    member _.Fusion: Fusion =
        {
            Lambda = float32 (Logistic.ofLogit (Tensors.item (learned "odds")))
            Alpha = fusion.Alpha |> Alpha.withValues (Tensors.toArray (learned "alpha"))
            Beta = Tensors.toArray (learned "beta")
            Bias = Tensors.toArray (learned "bias")
        }

    override m.forward(logits, local) =
        Tensors.scope (fun () -> logits - Tensors.add m.Offset (m.Slope * local))

namespace Limen.Core

open Limen
open TorchSharp

/// A loss of z - theta with the threshold of a `ThresholdModule`, whose parameters it learns: forward(logits, local, target), all [B, L], gives a scalar. It is
/// what the loss as a module gives for the threshold's margins; on contiguous float32 tensors of the CPU a loss of BCE and margin terms takes one fused pass over
/// the logits instead, with all gradients. Disposing it disposes the threshold, as torch.nn does with the parts of a module.
[<Sealed>]
type ThresholdLossModule(threshold: ThresholdModule, loss: Loss) as this =
    inherit
        torch.nn.Module<torch.Tensor, torch.Tensor, torch.Tensor, torch.Tensor>(
            Tensors.moduleName "Limen.ThresholdLossModule"
        )

    let terms = FusedTerms.ofLoss loss

    do this.register_module ("threshold", threshold)

    override _.forward(logits, local, target) =
        Tensors.scope (fun () ->
            let offset, slope = threshold.Offset, threshold.Slope

            match terms with
            | Some terms when logits |> FusedLoss.takes [ offset; slope ] [ local; target ] ->
                logits |> FusedLoss.value terms offset slope (Some local) target
            | _ -> Loss.value loss (Targets target) (Margins(logits - Tensors.add offset (slope * local))))
