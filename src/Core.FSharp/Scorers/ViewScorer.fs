namespace Limen.Core

open Limen

/// A fitted scorer that reads a block of the features.
[<NoEquality; NoComparison>]
type StoredViewScorer =
    {
        Columns: Columns
        Scorer: FittedScorer
    }

/// Scorers on one of several views: they are fitted on their block of the features [N, D], and given it alone.
[<RequireQualifiedAccess>]
module ViewScorer =

    let private tag = "view"

    let private unfit (sizes: Sizes) (viewed: StoredViewScorer) : string list =
        Columns.unfit sizes.FeatureCount viewed.Columns
        @ viewed.Scorer.Stored.Faults
            { sizes with
                FeatureCount = viewed.Columns.Count
            }

    let private fitted (viewed: StoredViewScorer) : FittedScorer =
        { viewed.Scorer with
            Margins =
                fun input ->
                    viewed.Scorer.Margins
                        { input with
                            Features = Columns.select viewed.Columns input.Features
                        }
            Stored = Stored.create tag unfit viewed |> Stored.holding viewed.Scorer.Stored.Holds
        }

    let private rows (columns: Columns) (rows: TrainingRows) : TrainingRows =
        { rows with
            Features = Columns.select columns rows.Features
        }

    /// The scorer on a block of the features.
    let scorer (columns: Columns) (scorer: Scorer) : Scorer =
        scorer
        |> Scorer.around (fun training ->
            fitted
                {
                    Columns = columns
                    Scorer =
                        Scorer.fit
                            { training with
                                Rows = rows columns training.Rows
                                Stop = training.Stop |> Option.map (rows columns)
                            }
                            scorer
                })

    /// How a fitted one is read back.
    let codec: Codec<FittedScorer> = Codec.create tag fitted
