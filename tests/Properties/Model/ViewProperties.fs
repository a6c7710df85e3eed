module Limen.Properties.ViewProperties

open System.IO
open System.Threading
open Expecto
open FsCheck
open Limen
open Limen.Core
open Limen.Kernels

let private entries = SmallProblem.entries

let private cases = Cases.from [ typeof<Arbitraries> ]

let private train, test = SmallProblem.dataset 120 1, SmallProblem.dataset 40 7

/// Two views that are the same features, beside each other.
let private twice (d: Dataset) : Dataset =
    { d with
        Features = Columns.join [ d.Features; d.Features ]
    }

let private both =
    Views [ Features SmallProblem.features; Features SmallProblem.features ]

let private options =
    { SmallProblem.options with
        DecisionRows = Some(DecisionRows.HoldOut 0.2)
        Scorers =
            [
                Linear.scorer LinearOptions.standard
                Perceptron.scorer (SmallProblem.perceptron ())
            ]
    }

let private fit options input train =
    Model.fit options SmallProblem.space input train None ignore CancellationToken.None

[<Tests>]
let tests =
    testList
        "Views"
        [
            property cases "blocks of joined matrices are these matrices" (fun (case: DataCase) (n: PositiveInt) ->
                let parts = List.replicate (1 + n.Get % 3) case.Data.Features @ [ case.Data.Labels ]
                let blocks = parts |> List.map _.Columns |> Columns.beside
                let joined = Columns.join parts

                joined.Columns = (parts |> List.sumBy _.Columns)
                && List.forall2 (fun block part -> entries (Columns.select block joined) = entries part) blocks parts)

            testCase "the first view alone is the model without views" (fun () ->
                let one = fit options (Features SmallProblem.features) train
                let two = fit { options with ViewScorers = [] } both (twice train)

                Require.equal
                    (entries (Model.scores test.Features one).Matrix)
                    (entries (Model.scores (twice test).Features two).Matrix))

            testCase "each further view has its scorers, stacked with the others" (fun () ->
                let model = fit options both (twice train)
                let lists = Model.candidates (twice test).Features model
                Require.equal 3 lists.Margins.Length
                Require.equal 3 model.Decision.Stack.Value.Margins.Length

                // the same scorers on the same features
                let three =
                    { options with
                        Scorers = options.Scorers @ options.ViewScorers
                    }

                let alone =
                    fit three (Features SmallProblem.features) train
                    |> Model.candidates test.Features

                for margins, expected in Array.zip lists.Margins alone.Margins do
                    Require.equal (entries expected) (entries margins))

            testCase "a further view can be noise, and the first cannot see it" (fun () ->
                let noise rows =
                    Array.init rows (fun i -> [| struct (i % 7, 1f) |]) |> Csr.ofRows 7

                let beside other (d: Dataset) : Dataset =
                    { d with
                        Features = Columns.join [ d.Features; other d.Rows ]
                    }

                let space = Views [ Features SmallProblem.features; Features 7 ]
                let model = fit options space (beside noise train)
                let margins x = (Model.candidates x model).Margins

                let changed =
                    (beside (fun rows -> Csr.ofRows 7 (Array.create rows [| struct (3, 9f) |])) test).Features

                let before, after = margins (beside noise test).Features, margins changed

                let pairs (m: CsrMatrix) =
                    entries m |> List.map (fun (r, c, v) -> (r, c), v) |> Map.ofList

                let first, again = pairs before[0], pairs after[0]

                Require.above 0 (first.Keys |> Seq.filter again.ContainsKey |> Seq.length)

                for pair in first do
                    match again.TryFind pair.Key with
                    | Some v -> Require.equal pair.Value v
                    | None -> ())

            testCase "a model of several views is saved and read" (fun () ->
                TemporaryFolder.using (fun folder ->
                    let model = fit options both (twice train)
                    let path = Path.Combine(folder, "model")
                    Store.save path model

                    Require.equal
                        (entries (Model.scores (twice test).Features model).Matrix)
                        (entries (Model.scores (twice test).Features (Store.load path)).Matrix)

                    let explained (m: Model) =
                        (Explanation.row 3 (twice test).Features m).Neighbours
                        |> Seq.map _.Row
                        |> Seq.toList

                    Require.equal (explained model) (explained (Store.load path))))

            testCase "each vectoriser is a view of the texts" (fun () ->
                let texts = [| "one two three"; "two three four"; "one two" |]

                let options =
                    [ VectoriserOptions(LongestTerm = 1); VectoriserOptions(ShortestTerm = 2) ]

                let space = InputSpace.fit options FeatureKind.Automatic (Rows.Texts texts)

                let apart =
                    options |> List.map (fun o -> Vectoriser.apply (Vectoriser.fit o texts) texts)

                Require.equal (apart |> List.map _.Columns) (InputSpace.views space |> List.map _.Count)

                Require.equal (entries (Columns.join apart)) (entries (InputSpace.apply space (Rows.Texts texts))))
        ]
