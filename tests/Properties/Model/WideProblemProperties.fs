namespace Limen.Properties

open System
open System.Diagnostics
open System.Threading
open NUnit.Framework
open Limen.Core

/// A problem whose dense N x L matrix would take 4 GB: fitted and predicted in a fraction of it.
[<NonParallelizable>]
module WideProblemProperties =

    let private rows = 20_000
    let private labels = 50_000
    let private features = 2_000
    let private dense = 4L * int64 rows * int64 labels

    /// Three labels a row, nine features that tell them, the first labels more often than the last.
    let private wide =
        lazy
            (let s = Seed.ofInt 11

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

             Dataset.create features (Csr.ofSets labels sets))

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

    /// One hidden layer of eight units, cancelled after a few steps: as much memory as a long training takes.
    let private fit (decisionRows: DecisionRows) =
        use source = new CancellationTokenSource()

        let options =
            { SmallProblem.options with
                Scorers = [ Perceptron({ Hidden = [ 8 ]; Dropout = 0.0 }, TrainingOptions.defaults) ]
                DecisionRows = Some decisionRows
                Candidates = 20
            }

        let progress (p: FitProgress) =
            if p.Training.IsSome then
                source.Cancel()

        Model.fit
            options
            (LabelSpace(Array.init labels string))
            (Features features)
            wide.Value
            None
            progress
            source.Token

    [<Test>]
    let ``fitting and predicting hold no dense matrix of rows by labels`` () =
        let data = wide.Value
        let mutable predicted = 0

        let grown =
            growth (fun () ->
                let model = fit (DecisionRows.HoldOut 0.05)
                predicted <- (Model.predict data.Features model).Rows)

        Assert.That(predicted, Is.EqualTo rows)
        Assert.That(grown, Is.LessThan(dense / 5L), $"grew by {grown / 1_000_000L} MB")
