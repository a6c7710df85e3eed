namespace Limen.Core

open Limen

/// What is stored of a perceptron.
[<ReferenceEquality>]
type StoredPerceptron =
    {
        Network: Network
        Fusion: Fusion
        Log: TrainingLog
    }

/// A network with the threshold that was trained with it: m = z - theta, theta = lambda alpha IDF + (1 - lambda) beta A + b (arXiv 2505.03118, section 3).
[<RequireQualifiedAccess>]
module Perceptron =

    let private tag = "perceptron"

    let private unfit (sizes: Sizes) (p: StoredPerceptron) : string list =
        Network.unfit sizes p.Network @ Fusion.unfit sizes.LabelCount p.Fusion

    let private fitted (p: StoredPerceptron) : FittedScorer =
        {
            Margins = fun input -> ThresholdedNetwork.margins input.Rarity p.Fusion p.Network input.Features input.Local
            Threshold = fun rarity label local -> Fusion.parts rarity label local p.Fusion
            Log = Some p.Log
            Release = fun () -> Network.dispose p.Network
            Stored = Stored.create tag unfit p
        }

    let private sharing (alpha: AlphaSharing) (labels: int) : Alpha =
        match alpha with
        | Common -> Shared 0f
        | Buckets buckets ->
            PerBucket([| for i in 1 .. buckets - 1 -> float32 i / float32 buckets |], Array.zeroCreate buckets)
        | Own _ -> PerLabel(Array.zeroCreate labels)

    let private counts (rows: TrainingRows) =
        LabelCounts.ofRows
            {
                Features = rows.Features
                Labels = rows.Labels
                Weights = rows.Weights
            }

    let private shape (o: PerceptronOptions) : NetworkOptions =
        {
            Hidden = List.ofSeq o.HiddenLayers
            Dropout = o.Dropout
        }

    let private train (shape: NetworkOptions) (options: ScorerTraining -> LabelCounts -> TrainingOptions) t =
        let counts = counts t.Rows
        let options = options t counts
        let labels = counts.Positives.Length

        let network =
            Network.init shape t.Rows.Features.Columns labels (Seed.derive "network" 0 options.Seed)

        let start =
            {
                Network = network
                Dropout = shape.Dropout
                Fusion = Fusion.atLogOdds (sharing options.Alpha labels) t.HasLocal counts
                Idf = t.Rarity
            }

        let trained =
            Training.fit options start t.Rows t.Stop t.Progress t.WhenCancelled t.Checkpoint t.Cancellation

        fitted
            {
                Network = trained.Network
                Fusion = trained.Fusion
                Log =
                    {
                        Epochs = trained.History
                        End = trained.End
                    }
            }

    /// The scorer of these settings.
    let scorer (o: PerceptronOptions) : Scorer =
        let shape = shape o
        // read now: the settings can change afterwards
        let options = TrainingOptions.reader o

        let faults =
            NetworkOptions.faults shape
            @ TrainingOptions.faults (options LabelCounts.sample (Seed.ofInt 1) None)
            @ TrainingOptions.shortlistFaults o

        Scorer.stopping tag faults (train shape (fun t counts -> options counts t.Seed t.Until))

    /// In the registry.
    let entry: ScorerEntry =
        {
            Codec = Codec.create tag fitted
            Door = "Perceptron"
            Source = "https://arxiv.org/abs/2505.03118"
            Examples = [ scorer (PerceptronOptions(HiddenLayers = [| 8 |], Epochs = 2)) ]
            Faulty =
                [
                    scorer (PerceptronOptions(HiddenLayers = [||]))
                    scorer (PerceptronOptions(Dropout = 1.0))
                    scorer (PerceptronOptions(Epochs = 0))
                    scorer (PerceptronOptions(LearningRate = -1.0))
                    scorer (PerceptronOptions(Loss = Focal.loss -1.0))
                ]
        }
