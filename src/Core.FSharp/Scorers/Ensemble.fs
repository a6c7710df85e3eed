namespace Limen.Core

open Limen
open Limen.Kernels

/// The fitted members of an ensemble: one or more.
[<NoEquality; NoComparison>]
type StoredEnsemble = { Members: FittedScorer list }

/// The mean of several scorers of one kind, fitted on the same rows from other seeds: m_l(x) = the mean over members of theirs. What a single training owes to chance (weights, order,
/// dropout) mostly cancels (Breiman 1996, https://doi.org/10.1007/BF00058655; here without resampling). It costs as many trainings as there are members, and as many
/// predictions.
[<RequireQualifiedAccess>]
module Ensemble =

    let private tag = "ensemble"

    let private add (sum: DenseMatrix) (other: DenseMatrix) =
        let sum = sum.Span
        let other = other.Span

        for i in 0 .. sum.Length - 1 do
            sum[i] <- sum[i] + other[i]

    let private divide (sum: DenseMatrix) (count: float32) =
        let sum = sum.Span

        for i in 0 .. sum.Length - 1 do
            sum[i] <- sum[i] / count

    let private mean (members: BatchScorer list) : BatchScorer =
        fun rows ->
            let sum = members.Head rows

            for other in members.Tail do
                use margins = other rows
                add sum margins

            divide sum (float32 members.Length)
            sum

    let private meanParts (members: FittedScorer list) rarity label local : ThresholdParts =
        let parts = members |> List.map (fun m -> m.Threshold rarity label local)

        {
            Global = parts |> List.averageBy _.Global
            Local = parts |> List.averageBy _.Local
            Bias = parts |> List.averageBy _.Bias
        }

    let private unfit (sizes: Sizes) (ensemble: StoredEnsemble) : string list =
        Unfit.unless (not ensemble.Members.IsEmpty) "ensemble: expected one member or more, found none"
        @ (ensemble.Members |> List.collect (fun m -> m.Stored.Faults sizes))

    let private fitted (ensemble: StoredEnsemble) : FittedScorer =
        {
            Margins = fun input -> ensemble.Members |> List.map (fun m -> m.Margins input) |> mean
            Threshold = meanParts ensemble.Members
            Log = ensemble.Members |> List.tryHead |> Option.bind _.Log
            Release = fun () -> ensemble.Members |> List.iter (fun m -> m.Release())
            Stored =
                Stored.create tag unfit ensemble
                |> Stored.holding (ensemble.Members |> List.collect _.Stored.Holds |> List.distinct)
        }

    /// The first member has the scorer's own seed: an ensemble of one is the scorer.
    let private memberSeed (seed: Seed) (index: int) =
        if index = 0 then seed else Seed.derive "member" index seed

    /// Up to this many training rows an ensemble is of four by default: trainings are short there, and chance counts most.
    let private few = 10_000

    let private size (members: int option) (rows: int) =
        members |> Option.defaultValue (if rows <= few then 4 else 1)

    /// How many of the members each of several fits has whose scores count together.
    let private share (repeats: int) (members: int) = (members + repeats - 1) / repeats

    let private fit (members: int option) (scorer: Scorer) (training: ScorerTraining) : FittedScorer =
        let members = size members training.Rows.Features.Rows |> share training.Repeats

        let one index =
            let report (e: EpochProgress) =
                training.Progress
                    { e with
                        Done = (float index + e.Done) / float members
                    }

            training.Checkpoint
            |> Checkpoint.once $"member-{index + 1}" (fun checkpoint ->
                Scorer.fit
                    { training with
                        Seed = memberSeed training.Seed index
                        Progress = report
                        Checkpoint = checkpoint
                    }
                    scorer)

        fitted { Members = List.init members one }

    /// The mean of so many of the scorer, 1 to 100; None: four up to 10,000 training rows, one above. Repeated cross-fits share them out among them. Its training log is that of the first.
    let scorer (members: int option) (scorer: Scorer) : Scorer =
        let faults =
            [
                match members with
                | Some n when n < 1 || n > 100 -> $"Ensemble.Members: expected 1 to 100, received {n}"
                | _ -> ()
                yield! Scorer.faults scorer
            ]

        let make =
            if Scorer.stopsEarly scorer then
                Scorer.stopping
            else
                Scorer.create

        make $"ensemble of {scorer}" faults (fit members scorer)

    /// In the registry.
    let entry: ScorerEntry =
        {
            Codec = Codec.create tag fitted
            Door = "Ensemble"
            Source = "https://doi.org/10.1007/BF00058655"
            Examples = [ scorer (Some 3) (Linear.scorer LinearOptions.standard) ]
            Faulty = [ scorer (Some 0) (Linear.scorer LinearOptions.standard) ]
        }
