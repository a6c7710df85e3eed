using NUnit.Framework;

namespace Limen.Integration;

/// <summary>The examples of one line in the documentation of the facade, each a method that compiles, and the law that none is missing here.</summary>
public sealed class ExampleCode
{
    private const string Start = "<example><code>";
    private const string End = "</code></example>";

    [Test]
    public void Every_example_of_a_line_stands_here_and_so_compiles()
    {
        var here = File.ReadAllText(Repository.File("tests/Integration/ExampleCode.cs"));
        var missing = Examples().Where(example => !here.Contains($"    {example.TrimEnd(';')};\n") && !here.Contains($" _ = {example};\n")).ToArray();
        Assert.That(Examples().Count(), Is.GreaterThan(60));
        Assert.That(missing, Is.Empty);
    }

    private static IEnumerable<string> Examples() =>
        from file in Directory.GetFiles(Repository.File("src/Api.CSharp"), "*.cs")
        from line in File.ReadAllLines(file)
        let begin = line.IndexOf(Start, StringComparison.Ordinal)
        let end = line.IndexOf(End, StringComparison.Ordinal)
        where line.Contains("///") && begin >= 0 && end > begin
        select System.Net.WebUtility.HtmlDecode(line[(begin + Start.Length)..end]);

#pragma warning disable IDE0051, IDE0059, CS0219, CA1823 // they are to compile, not to run

    private static void Example1(MultiLabelDataset unseen, AdaptiveThresholdModel model)
    {
        var calibrated = model.WithCalibration(Calibrations.Isotonic(), unseen);
    }

    private static void Example2(MultiLabelDataset validation, AdaptiveThresholdModel model)
    {
        var sparing = model.WithDecision(Decisions.Fused().AtMost(3), validation, Objectives.MicroF1());
    }

    private static void Example3(AdaptiveThresholdModel model)
    {
        var few = model.WithConstraints(decision => decision.AtMost(3).Without("obsolete"));
    }

    private static void Example4(MultiLabelDataset unseen, AdaptiveThresholdModel model)
    {
        var careful = model.WithRisk(0.1, unseen);
    }

    private static void Example5(MultiLabelDataset unseen, AdaptiveThresholdModel model)
    {
        var able = model.WithPossibleSets(unseen);
    }

    private static void Example6(MultiLabelDataset unseen, AdaptiveThresholdModel model)
    {
        var possible = model.WithPossibleSets(unseen).PossibleSets("Throws when the stream is closed", level: 0.1).Sets;
    }

    private static void Example7(MultiLabelDataset train, MultiLabelDataset validation)
    {
        var model = AdaptiveThresholdModel.Builder().WithSeed(1).Fit(train, validation);
    }

    private static void Example8()
    {
        var model = AdaptiveThresholdModel.Load("model");
    }

    private static void Example9(AdaptiveThresholdModel model)
    {
        model.Save("model");
    }

    private static void Example10(AdaptiveThresholdModel model)
    {
        model.SaveWithoutTrainingRows("shared");
    }

    private static void Example11(AdaptiveThresholdModel model)
    {
        string[] labels = [.. model.Predict("Throws when the stream is closed").Labels];
    }

    private static void Example12(MultiLabelDataset test, AdaptiveThresholdModel model)
    {
        foreach (var p in model.Predict(test)) Console.WriteLine(string.Join(", ", p.Labels));
    }

    private static void Example13(AdaptiveThresholdModel model)
    {
        foreach (var n in model.Explain("Throws when the stream is closed").Neighbours) Console.WriteLine($"{n.Row}: {n.Weight}");
    }

    private static void Example14(AdaptiveThresholdModel model)
    {
        Console.WriteLine(model.Why("Opens a socket.", "io"));
    }

    private static void Example15(MultiLabelDataset test, AdaptiveThresholdModel model)
    {
        Console.WriteLine(model.Evaluate(test).MicroF1);
    }

    private static void Example16(MultiLabelDataset test, AdaptiveThresholdModel model)
    {
        foreach (var label in model.LabelTable(test).OrderBy(label => label.F1)) Console.WriteLine(label);
    }

    private static void Example17(MultiLabelDataset test, AdaptiveThresholdModel model)
    {
        model.SaveLabels("labels.csv", test);
    }

    private static void Example18(MultiLabelDataset test, AdaptiveThresholdModel model)
    {
        foreach (var warning in model.Warnings(test)) Console.WriteLine($"{warning.Message}: {warning.Remedy}");
    }

    private static void Example19(AdaptiveThresholdModelBuilder builder)
    {
        _ = builder.WithSignals(Signals.Idf(), Signals.FeatureKnn(k: 100));
    }

    private static void Example20(AdaptiveThresholdModelBuilder builder)
    {
        _ = builder.WithScorers(Scorers.Perceptron(), Scorers.Linear(c: 0.5));
    }

    private static void Example21(AdaptiveThresholdModelBuilder builder)
    {
        _ = builder.WithLoss(Losses.Focal(gamma: 2).Plus(0.1, Losses.Margin()));
    }

    private static void Example22(AdaptiveThresholdModelBuilder builder)
    {
        _ = builder.WithHiddenLayers(512, 256);
    }

    private static void Example23(AdaptiveThresholdModelBuilder builder)
    {
        _ = builder.WithDecision(Decisions.SCut().AtMost(5).Without("obsolete"));
    }

    private static void Example24(AdaptiveThresholdModelBuilder builder)
    {
        _ = builder.WithObjective(Objectives.MacroF1());
    }

    private static void Example25(AdaptiveThresholdModelBuilder builder)
    {
        _ = builder.WithAveragedScores();
    }

    private static void Example26(AdaptiveThresholdModelBuilder builder)
    {
        _ = builder.WithCalibration(Calibrations.Platt(eachLabel: 20));
    }

    private static void Example27(AdaptiveThresholdModelBuilder builder)
    {
        _ = builder.WithCandidates(200);
    }

    private static void Example28(MultiLabelDataset train, AdaptiveThresholdModelBuilder builder)
    {
        _ = builder.WithCrossFit(5).Fit(train);
    }

    private static void Example29(MultiLabelDataset train, AdaptiveThresholdModelBuilder builder)
    {
        _ = builder.WithHoldOut(0.2).Fit(train);
    }

    private static void Example30(MultiLabelDataset train, MultiLabelDataset validation, AdaptiveThresholdModelBuilder builder)
    {
        _ = builder.WithValidationOnly().Fit(train, validation);
    }

    private static void Example31(MultiLabelDataset train, MultiLabelDataset validation, AdaptiveThresholdModelBuilder builder)
    {
        _ = builder.WithValidationThenAll().Fit(train, validation);
    }

    private static void Example32(AdaptiveThresholdModelBuilder builder)
    {
        _ = builder.WithVectoriser(new() { MinDocumentFrequency = 1, LongestTerm = 2 });
    }

    private static void Example33(AdaptiveThresholdModelBuilder builder)
    {
        _ = builder.WithVectorisers(new() { LongestTerm = 1 }, new() { LongestTerm = 2, MinDocumentFrequency = 5 });
    }

    private static void Example34(AdaptiveThresholdModelBuilder builder)
    {
        _ = builder.WithViewScorers(Scorers.Linear(), Scorers.LogisticRegression());
    }

    private static void Example35(MultiLabelDataset train, MultiLabelDataset validation, AdaptiveThresholdModelBuilder builder)
    {
        _ = builder.WithLabelNames().Fit(train, validation);
    }

    private static void Example36(AdaptiveThresholdModelBuilder builder)
    {
        _ = builder.WithFeatures(FeatureKind.Measurements);
    }

    private static void Example37(MultiLabelDataset train, MultiLabelDataset validation, AdaptiveThresholdModelBuilder builder, CancellationToken cancellationToken)
    {
        _ = builder.WithBestSoFarWhenCancelled().Fit(train, validation, cancellationToken: cancellationToken);
    }

    private static void Example38(AdaptiveThresholdModelBuilder builder)
    {
        _ = builder.WithSeed(7);
    }

    private static void Example39(MultiLabelDataset train, MultiLabelDataset validation, AdaptiveThresholdModelBuilder builder)
    {
        var model = builder.Fit(train, validation, new Progress<TrainingProgress>(p => Console.WriteLine(p.Stage)));
    }

    private static async Task Example40(MultiLabelDataset train, MultiLabelDataset validation, AdaptiveThresholdModelBuilder builder, CancellationToken cancellationToken)
    {
        var model = await builder.FitAsync(train, validation, cancellationToken: cancellationToken);
    }

    private static void Example41(MultiLabelDataset validation, ScoreLists scores)
    {
        var fitted = AdaptiveThresholds.Builder().Fit(scores, validation);
    }

    private static void Example42()
    {
        var fitted = AdaptiveThresholds.Load("thresholds");
    }

    private static void Example43(AdaptiveThresholds fitted)
    {
        fitted.Save("thresholds");
    }

    private static void Example44(AdaptiveThresholds fitted, ScoreLists scores)
    {
        foreach (var p in fitted.Decide(scores)) Console.WriteLine(string.Join(", ", p.Labels));
    }

    private static void Example45(MultiLabelDataset validation, AdaptiveThresholds fitted, ScoreLists scores)
    {
        Console.WriteLine(fitted.Evaluate(scores, validation).MicroF1);
    }

    private static void Example46(AdaptiveThresholdsBuilder thresholds)
    {
        _ = thresholds.WithSignals(Signals.Idf(), Signals.FeatureKnn(k: 30));
    }

    private static void Example47(AdaptiveThresholdsBuilder thresholds)
    {
        _ = thresholds.WithDecision(Decisions.PlugIn());
    }

    private static void Example48(AdaptiveThresholdsBuilder thresholds)
    {
        _ = thresholds.WithObjective(Objectives.MicroF1());
    }

    private static void Example49(AdaptiveThresholdsBuilder thresholds)
    {
        _ = thresholds.WithScoresAsGiven();
    }

    private static void Example50(AdaptiveThresholdsBuilder thresholds)
    {
        _ = thresholds.WithCalibration(Calibrations.Platt());
    }

    private static void Example51(MultiLabelDataset train, AdaptiveThresholdsBuilder thresholds)
    {
        _ = thresholds.WithSignals(Signals.FeatureKnn()).WithTrainingRows(train);
    }

    private static void Example52(MultiLabelDataset train, MultiLabelDataset validation, AdaptiveThresholdModelBuilder builder)
    {
        var model = builder.WithCalibration(Calibrations.Platt(eachLabel: 20)).Fit(train, validation);
    }

    private static void Example53()
    {
        _ = Decisions.Fused().AtMost(5).Without("obsolete").WithThreshold("urgent", -1);
    }

    private static void Example54(EvaluationReport report)
    {
        Console.WriteLine(report["samples_f1"]);
    }

    private static void Example55()
    {
        _ = Scorers.Perceptron(new() { Loss = Losses.Focal(2).Plus(0.1, Losses.Margin(0.1)) });
    }

    private static void Example56(MultiLabelDataset train, MultiLabelDataset validation)
    {
        var model = new ModelSettings { Scorers = ["linear"] }.Builder().Fit(train, validation);
    }

    private static void Example57()
    {
        var ranges = new Dictionary<string, IReadOnlyList<string>>(new ModelSettings().SearchRanges(texts: true)) { ["candidates"] = ["60"] };
    }

    private static void Example58()
    {
        var builder = ModelSettings.Load("settings.json").Builder();
    }

    private static void Example59()
    {
        new ModelSettings { Objective = "microF1" }.Save("settings.json");
    }

    private static void Example60(ModelSettings settings)
    {
        _ = settings.With("network.learningRate", "0.001").With("signals", "idf; featureKnn(k=50)");
    }

    private static void Example61()
    {
        var data = MultiLabelDataset.FromTexts([("Reads the next line.", ["io", "text"]), ("Opens a socket.", ["net"])]);
    }

    private static void Example62()
    {
        var rows = MultiLabelDataset.FromVectors([(new float[] { 0.5f, 2f }, ["a", "b"]), (new float[] { 1f, 0f }, [])]);
    }

    private static void Example63()
    {
        var data = MultiLabelDataset.FromFile("posts.csv", fields: new() { Text = ["body"], Labels = ["tags"], Separator = ";" });
    }

    private static void Example64()
    {
        var data = MultiLabelDataset.FromCsv("posts.csv", new() { Text = ["body"], Labels = ["tags"] });
    }

    private static void Example65()
    {
        var rows = MultiLabelDataset.FromJsonLines("train.jsonl");
    }

    private static void Example66()
    {
        var rows = MultiLabelDataset.FromSvmlight("train.svm", firstFeature: 1);
    }

    private static void Example67()
    {
        var (train, validation, test) = MultiLabelDataset.FromFolder("scans.csv", fields: new() { Group = "patient" }, split: new(SplitBy.Groups, 0.1, 0.1));
    }

    private static void Example68(MultiLabelDataset train)
    {
        var weighed = train.WithWeights(Enumerable.Repeat(2f, train.Count));
    }

    private static void Example69(MultiLabelDataset train)
    {
        var (learned, held) = train.Split(seed: 1, share: 0.2);
    }

    private static void Example70(MultiLabelDataset train)
    {
        var first = train.Select([0, 1, 2]);
    }

    private static void Example71(MultiLabelDataset train, MultiLabelDataset validation)
    {
        var model = Presets.Strong(Objectives.RecallAtPrecision(0.9)).Fit(train, validation);
    }

    private static void Example72(MultiLabelDataset train, MultiLabelDataset validation)
    {
        var model = Presets.Strong(Objectives.MacroF1()).Fit(train, validation);
    }

    private static void Example73()
    {
        var scores = ScoreLists.FromMatrix(new float[,] { { 0.9f, 0.1f }, { 0.3f, 0.8f } }, ScoreScale.Probabilities, ["a", "b"]);
    }

    private static void Example74()
    {
        _ = AdaptiveThresholdModel.Builder().WithScorers(Scorers.Perceptron(new() { HiddenLayers = [256] }), Scorers.Linear());
    }

    private static void Example75()
    {
        _ = Scorers.Ensemble(Scorers.Perceptron(), members: 4);
    }

    private static void Example76()
    {
        _ = AdaptiveThresholdModel.Builder().WithSignals(Signals.Idf(), Signals.FeatureKnn(k: 30));
    }

    private static void Example77((string Text, IReadOnlyList<string> Labels)[] tickets, (float[] Vector, IReadOnlyList<string> Labels)[] measured)
    {
        var rows = MultiLabelDataset.FromTexts(tickets).Beside(MultiLabelDataset.FromVectors(measured));
    }
}
