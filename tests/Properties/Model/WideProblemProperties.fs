/// Problems whose dense N x L matrix would take gigabytes: fitted and predicted in a fraction of it.
module Limen.Properties.WideProblemProperties

open System
open System.Diagnostics
open System.Threading
open Expecto
open Limen
open Limen.Core

let private features = 2_000

let private bytes rows labels = 4L * int64 rows * int64 labels

/// Three labels a row, nine features that tell them, the first labels more often than the last.
let private wide rows labels =
    let s = Seed.ofInt 11

    let label row k =
        let u = Seed.uniform (int64 (3 * row + k)) s
        int (u * u * float labels)

    let sets = Array.init rows (fun row -> Array.init 3 (label row))

    let features =
        sets
        |> Array.map (fun set ->
            set
            |> Array.collect (fun l -> Array.init 3 (fun k -> (l * 7 + k * 613) % features))
            |> Array.distinct
            |> Array.sort
            |> Array.map (fun f -> struct (f, 1f)))
        |> Csr.ofRows features
        |> Csr.normaliseRows

    Dataset.create features (Csr.ofSets labels sets)

/// The most that the process held beyond what it held before, while f ran: looked at every few milliseconds.
let private growth (f: unit -> unit) : int64 =
    use self = Process.GetCurrentProcess()
    use finished = new ManualResetEventSlim(false)

    let resident () =
        self.Refresh()
        self.WorkingSet64

    let rec watch highest =
        let highest = max highest (resident ())
        if finished.Wait 5 then highest else watch highest

    GC.Collect()
    let before = resident ()

    let watcher =
        Tasks.Task.Factory.StartNew((fun () -> watch before), Tasks.TaskCreationOptions.LongRunning)

    try
        f ()
    finally
        finished.Set()

    watcher.Result - before

let private fit (scorers: Scorer list) (decisionRows: DecisionRows) (data: Dataset) =
    let options =
        { SmallProblem.options with
            Scorers = scorers
            DecisionRows = Some decisionRows
            Candidates = 20
        }

    let labels = LabelSpace(Array.init data.Labels.Columns string)
    Model.fit options labels (Features features) data None ignore CancellationToken.None

/// What fitting and predicting grow by.
let private grown scorers decisionRows data =
    let mutable predicted = 0

    let grown =
        growth (fun () ->
            let model = fit scorers decisionRows data
            predicted <- (Model.predict data.Features model).Matrix.Rows)

    Require.equal data.Rows predicted
    grown

[<Tests>]
let tests =
    testList
        "WideProblem"
        [
            testCase "a network holds no dense matrix of rows by labels" (fun () ->
                let rows, labels = 20_000, 50_000

                let network =
                    Perceptron.scorer (
                        PerceptronOptions(
                            HiddenLayers = [| 8 |],
                            Dropout = 0.0,
                            Epochs = Nullable 1,
                            Shortlist = Nullable labels
                        )
                    )

                let grown = wide rows labels |> grown [ network ] (DecisionRows.HoldOut 0.05)
                Expect.isLessThan grown (bytes rows labels / 5L) $"grew by {grown / 1_000_000L} MB")

            testCase "cross-fitted linear models hold none either" (fun () ->
                let rows, labels = 4_000, 60_000

                let grown =
                    wide rows labels
                    |> grown [ Linear.scorer LinearOptions.standard ] (DecisionRows.CrossFit(2, 1))

                Expect.isLessThan grown (bytes rows labels / 2L) $"grew by {grown / 1_000_000L} MB")
        ]
    |> testSequenced
