namespace Limen.Fuzz

open System
open System.Globalization
open System.IO
open System.Security.Cryptography
open System.Text
open System.Text.RegularExpressions
open System.Threading
open Limen
open Limen.Core

/// Settings of a model, as a file says them. What is taken says what the file says, is written so that it reads back as it was, and a model of it gives finite scores.
[<RequireQualifiedAccess>]
module SettingFiles =

    let private seeds =
        [|
            "{}"
            """{"objective": "macroPlusMicro(weight=1)", "network": "epochs=3, hiddenLayers=[4, 3], loss=focal(gamma=2) + 0.1 margin(delta=0.1)", "seed": 2}"""
            """{"scorers": ["linear(c=0.5)", "logisticRegression", "gaussianNaiveBayes"], "signals": ["idf", "featureKnn(k=3, power=2)"], "candidates": 4}"""
            """{"decision": "rCut(k=2)", "atLeast": 1, "atMost": 3, "only": ["label 0", "label 1"], "without": ["label 1"], "decisionRows": "crossFit(folds=3)"}"""
            """{"decision": "sCut", "thresholds": {"label 0": -0.5, "label 1": 2.25}, "exclusive": [["label 0", "label 1"]], "calibration": "platt(eachLabel=20)"}"""
            """{"views": ["longestTerm=1", "tokens=characters(3, 5), maxFeatures=1000"], "vectoriser": "minDocumentFrequency=1, sublinearTf=false", "viewScorers": ["linear"]}"""
            """{
  "scorers": ["perceptron(epochs=2, hiddenLayers=[4], dropout=0.1, learningRate=0.01, weightDecay=0.1, patience=2, alpha=eachLabel(0.1))", "ensemble(scorer=linear, members=2)"],
  "signals": ["effectiveNumber(beta=0.99)", "0.7 featureKnn(k=5) + 0.3 tfIdf"],
  "averagedScores": true, // a comment
  "features": "automatic",
  "seed": -7,
}
"""
            """{"boostedScores": true, "scorers": ["nystrom(landmarks=20, sharpness=2, c=0.3)"], "signals": ["mlKnn(k=4)"], "decisionRows": "holdOut(share=0.3)", "decision": "gfm(top=3)", "network": null}"""
            """{"Objective": "fBeta(beta=2)", "DECISION": "softTopK(k=2, sharpness=2)", "calibration": "isotonic(buckets=[5, 20])", "scorers": ["perceptron(loss=dice(scope=perLabel), epochs=1, shortlist=default)"]}"""
        |]
        |> Array.map Encoding.UTF8.GetBytes

    let private rows =
        lazy
            (let words = [| "red"; "round"; "small"; "soft"; "sweet"; "sour" |]

             MultiLabelDataset.FromTexts(
                 Array.init 40 (fun i ->
                     struct ($"{words[i % 6]} {words[i / 2 % 6]} {words[i / 5 % 6]}",
                             [| $"label {i % 4}"; $"label {i / 3 % 4}" |] |> Array.distinct
                             :> Collections.Generic.IReadOnlyList<string>))
             ))

    /// Settings whose numbers are all small are fitted, one file in twenty.
    let private isFitted (input: byte[]) : bool =
        let isSmall (word: string) =
            match Double.TryParse(word, CultureInfo.InvariantCulture) with
            | true, number -> abs number <= 100.0
            | _ -> not (Char.IsDigit word[0])

        SHA256.HashData(input)[0] % 20uy = 0uy
        && Regex.Matches(Encoding.UTF8.GetString input, @"[\p{L}\d_.+-]+")
           |> Seq.forall (fun m -> isSmall m.Value)

    let private judgePredictions (model: AdaptiveThresholdModel) : Outcome =
        let numbers =
            [
                for p in model.Predict rows.Value do
                    for c in p.Candidates do
                        c.Score
                        c.Threshold
                        c.Probability
            ]

        match numbers |> List.tryFind (Double.IsFinite >> not) with
        | Some number -> Wrong $"a score, threshold or probability of {number}"
        | None -> Accepted

    /// Faults of the numbers show before work begins: a fit that is cancelled has no other.
    let private check (builder: AdaptiveThresholdModelBuilder) =
        try
            builder.Fit(rows.Value, cancellationToken = CancellationToken true) |> ignore
        with :? OperationCanceledException ->
            ()

    let private fit (builder: AdaptiveThresholdModelBuilder) : Outcome =
        use source = new CancellationTokenSource(TimeSpan.FromSeconds 1.0)

        try
            let model = builder.Fit(rows.Value, cancellationToken = source.Token)
            judgePredictions model
        with
        | :? OperationCanceledException -> Accepted
        | :? TrainingDivergedException
        | :? ScoreNotFiniteException
        | :? TorchUnavailableException -> Refused

    /// What is wrong with a refusal: each fault says what was expected, on one line that a console does not obey.
    let private faultOf (e: ModelConfigurationException) : string option =
        e.Faults
        |> Seq.tryFind (fun fault -> not (fault.Contains "expected") || fault |> Seq.exists Char.IsControl)

    let private written (settings: ModelSettings) (path: string) : byte[] =
        settings.Save path
        File.ReadAllBytes path

    /// The same settings, set one by one.
    let private oneByOne (bytes: byte[]) : ModelSettings =
        use document = Json.JsonDocument.Parse bytes

        (ModelSettings(), document.RootElement.EnumerateObject())
        ||> Seq.fold (fun settings p ->
            let value =
                if p.Value.ValueKind = Json.JsonValueKind.String then
                    p.Value.GetString()
                else
                    p.Value.GetRawText()

            settings.With(p.Name, value))

    let private judge (folder: string) (input: byte[]) (settings: ModelSettings) : string option =
        let first = written settings (Path.Combine(folder, "first.json"))

        let again =
            written (ModelSettings.Load(Path.Combine(folder, "first.json"))) (Path.Combine(folder, "again.json"))

        match PlainSettings.read input with
        | None -> Some "read although it is not as it should be"
        | said when PlainSettings.read first <> said -> Some "written as something else"
        | _ when first <> again -> Some "written otherwise after it was read again"
        | _ when (oneByOne first).ToString() <> settings.ToString() -> Some "something else when set one by one"
        | _ -> None

    let private load (path: string) : ModelSettings option =
        try
            Some(ModelSettings.Load path)
        with :? ModelConfigurationException as e when e.Message.StartsWith path && faultOf e = None ->
            None

    let private run (folder: string) (input: byte[]) : Outcome =
        let path = Path.Combine(folder, "settings.json")
        File.WriteAllBytes(path, input)

        match load path with
        | None when (PlainSettings.read input).IsSome -> Wrong "refused although it is as it should be"
        | None -> Refused
        | Some settings ->
            match judge folder input settings with
            | Some what -> Wrong what
            | None ->
                try
                    let builder = settings.Builder()
                    check builder

                    if isFitted input then fit builder else Accepted
                with :? ModelConfigurationException as e ->
                    match faultOf e with
                    | Some fault -> Wrong $"the fault {fault}"
                    | None -> Refused

    let targets: Target list =
        [
            {
                Name = "settings"
                Share = 1.0
                Seeds = lazy seeds
                Mutate = SettingEdits.mutate
                Run = run
            }
        ]
