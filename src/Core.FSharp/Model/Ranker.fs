namespace Limen.Core

open System.Threading
open Limen.Kernels

/// Signals and scorers that were fitted on the same training rows: a model before its decision.
[<ReferenceEquality>]
type Ranker =
    {
        /// IDF_l divided by the largest, in [0, 1] [L]; zeros without a global signal.
        Idf: float32[]
        Local: LocalModel option
        Scorers: FittedScorer list
        /// Labels that each scorer proposes for a row.
        Candidates: int
    }

[<RequireQualifiedAccess>]
module Ranker =

    /// The local signal that makes a label a candidate though no scorer proposes it.
    let private localFloor = 0.03f

    let private rarity (options: ModelOptions) (train: Dataset) =
        match options.Global with
        | Some smoothing -> Idf.fit smoothing train |> Rarity.ofIdf
        | None -> Array.zeroCreate train.Labels.Columns

    /// The signals alone, fitted on training rows, and these rows with their own local signal, which their labels do not reach.
    let ofSignals (options: ModelOptions) (train: Dataset) (cancellation: CancellationToken) : Ranker * TrainingRows =
        let idf = rarity options train

        let fitted =
            options.Local
            |> Option.map (fun spec ->
                LocalModel.fit spec options.Scorers.Head idf (Seed.derive "local" 0 options.Seed) train cancellation)

        {
            Idf = idf
            Local = Option.map fst fitted
            Scorers = []
            Candidates = options.Candidates
        },
        {
            Features = train.Features
            Labels = train.Labels
            Local =
                match fitted with
                | Some(_, signal) -> signal.Values
                | None -> Csr.empty train.Rows idf.Length
            Weights = train.Weights
        }

    /// The local signal [N, L] of any rows, from their features alone.
    let localSignal (x: CsrMatrix) (ranker: Ranker) : LocalSignal =
        match ranker.Local with
        | Some local -> LocalModel.apply ranker.Idf x local
        | None ->
            {
                Values = Csr.empty x.Rows ranker.Idf.Length
                Fallbacks = x.Rows
            }

    /// Rows that the signals were not fitted on, with their local signal.
    let rows (d: Dataset) (ranker: Ranker) : TrainingRows =
        {
            Features = d.Features
            Labels = d.Labels
            Local = (localSignal d.Features ranker).Values
            Weights = d.Weights
        }

    /// The same with scorers, each fitted on its training rows and, where there are any, stopped early on others.
    /// progress receives the number of the scorer, counted from 0.
    let withScorers
        (rowsFor: ScorerOptions -> TrainingRows * TrainingRows option)
        (scorers: ScorerOptions list)
        (progress: int -> TrainingProgress -> unit)
        (cancellation: CancellationToken)
        (ranker: Ranker)
        : Ranker =
        { ranker with
            Scorers =
                scorers
                |> List.mapi (fun i scorer ->
                    let train, stop = rowsFor scorer
                    Scorer.fit ranker.Idf ranker.Local.IsSome train stop (progress i) cancellation scorer)
        }

    /// The candidate pairs of rows of features [N, D] whose local signal [N, L] is known.
    let scoreListsWith (local: CsrMatrix) (x: CsrMatrix) (ranker: Ranker) : ScoreLists =
        ranker.Scorers
        |> List.map (Scorer.margins ranker.Idf x local)
        |> Candidates.collect ranker.Candidates localFloor local

    /// The candidate pairs of rows of features [N, D] with every scorer's margin and the local signal.
    let scoreLists (x: CsrMatrix) (ranker: Ranker) : ScoreLists =
        scoreListsWith (localSignal x ranker).Values x ranker

    /// Gives back the memory of the networks.
    let dispose (ranker: Ranker) : unit =
        for scorer in ranker.Scorers do
            match scorer with
            | FittedPerceptron(network, _, _, _) -> Network.dispose network
            | FittedLinear _ -> ()
