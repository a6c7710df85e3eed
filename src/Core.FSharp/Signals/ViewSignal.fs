namespace Limen.Core

/// A fitted local signal that reads a block of the features.
[<NoEquality; NoComparison>]
type StoredViewSignal =
    {
        Columns: Columns
        Signal: FittedSignal
    }

/// A local signal on one of several views: it is fitted on its block of the features [N, D], and given it alone.
[<RequireQualifiedAccess>]
module ViewSignal =

    let private tag = "view"

    let private unfit (sizes: Sizes) (viewed: StoredViewSignal) : string list =
        Columns.unfit sizes.FeatureCount viewed.Columns
        @ viewed.Signal.Stored.Faults
            { sizes with
                FeatureCount = viewed.Columns.Count
            }

    let private fitted (viewed: StoredViewSignal) : FittedSignal =
        { viewed.Signal with
            Apply =
                fun input ->
                    viewed.Signal.Apply
                        { input with
                            Features = Columns.select viewed.Columns input.Features
                        }
            Voters =
                viewed.Signal.Voters
                |> Option.map (fun votes ->
                    { votes with
                        Of = Columns.select viewed.Columns >> votes.Of
                    })
            Stored = Stored.create tag unfit viewed |> Stored.holding viewed.Signal.Stored.Holds
        }

    /// The signal on a block of the features.
    let signal (columns: Columns) (spec: LocalSignalSpec) : LocalSignalSpec =
        { spec with
            Fit =
                fun training ->
                    let rows =
                        { training.Rows with
                            Features = Columns.select columns training.Rows.Features
                        }

                    let signal, values =
                        spec.Fit
                            { training with
                                Rows = rows
                                Index = lazy Limen.Kernels.CosineIndex.Build rows.Features
                            }

                    fitted { Columns = columns; Signal = signal }, values
        }

    /// How a fitted one is read back.
    let codec: Codec<FittedSignal> = Codec.create tag fitted
