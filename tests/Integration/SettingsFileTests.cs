using NUnit.Framework;

namespace Limen.Integration;

/// <summary>Settings as a file and the command line say them are those of the builder.</summary>
public sealed class SettingsFileTests
{
    private static IEnumerable<string> Ways() =>
        [
            .. Doors.Ways<Loss>().Where(IsWhole).Select(w => $"loss {w}"),
            .. Doors.Ways<Decision>().Where(IsWhole).Select(w => $"decision {w}"),
            .. Doors.Ways<Objective>().Where(IsWhole).Select(w => $"objective {w}"),
            .. Doors.Ways<Calibration>().Where(IsWhole).Select(w => $"calibration {w}"),
            .. Doors.Ways<Scorer>().Where(IsWhole).Select(w => $"scorers {w}"),
            .. Doors.Ways<Signal>().Where(IsWhole).Select(w => $"signals {w}"),
            .. Doors.Ways<Core.DecisionRows>().Where(IsWhole).Select(w => $"decisionRows {w}"),
        ];

    /// <summary>No value in it must be given: every one has its default.</summary>
    private static bool IsWhole(string way) => !way.Contains('(') || way[(way.IndexOf('(') + 1)..^1].Split(", ").All(value => value.Contains('='));

    /// <summary>What help shows of an option can be written, and makes what its function makes without values.</summary>
    [TestCaseSource(nameof(Ways))]
    public void What_help_shows_can_be_written(string way)
    {
        var (setting, written) = (way[..way.IndexOf(' ')], way[(way.IndexOf(' ') + 1)..]);
        var name = written.Split('(')[0];
        Assert.That(Text(written), Is.EqualTo(Text(name)).And.Not.Empty);

        string Text(string option) =>
            setting switch
            {
                "loss" => Shown(Doors.Make<Loss>(setting, option)),
                "decision" => Shown(Doors.Make<Decision>(setting, option)),
                "objective" => Shown(Doors.Make<Objective>(setting, option)),
                "calibration" => Shown(Doors.Make<Calibration>(setting, option)),
                "scorers" => Shown(Doors.Make<Scorer>(setting, option)),
                "signals" => Shown(Doors.Make<Signal>(setting, option)),
                _ => Shown(Doors.Make<Core.DecisionRows>(setting, option)),
            };

        static string Shown(object option) => option.ToString()!;
    }

    [Test]
    public void A_written_value_is_the_function_s_value()
    {
        Assert.Multiple(() =>
        {
            Assert.That(Doors.Make<Decision>("d", "rCut(k=5)").ToString(), Is.EqualTo(Decisions.RCut(5).ToString()));
            Assert.That(Doors.Make<Decision>("d", "R-CUT(5)").ToString(), Is.EqualTo(Decisions.RCut(5).ToString()));
            Assert.That(Doors.Make<Objective>("o", "expectedCost(1, falseNegative=2.5)"), Is.EqualTo(Objectives.ExpectedCost(1, 2.5)));
            Assert.That(Doors.Make<Loss>("l", "bceWithThreshold + 0.1 margin(delta=0.2)").ToString(), Is.EqualTo(Losses.BceWithThreshold().Plus(0.1, Losses.Margin(0.2)).ToString()));
            Assert.That(Doors.Make<Signal>("s", "0.7*featureKnn + 0.3*tfIdf").ToString(), Is.EqualTo(Signals.Weighted((0.7, Signals.FeatureKnn()), (0.3, Signals.TfIdf())).ToString()));
            Assert.That(Doors.Make<Scorer>("s", "ensemble(perceptron(epochs=2, hiddenLayers=[8, 4]), members=2)").ToString(), Is.EqualTo(Scorers.Ensemble(Scorers.Perceptron(new() { Epochs = 2, HiddenLayers = [8, 4] }), 2).ToString()));
            Assert.That(Doors.With("v", new VectoriserOptions(), "minDocumentFrequency=3, tokens=characters(2, 4)").MinDocumentFrequency, Is.EqualTo(3));
        });
    }

    [TestCase("focal(gama=2)", "expected gamma, received \"gama\"")]
    [TestCase("focal(gamma=much)", "loss, focal, gamma: expected a number, received \"much\"")]
    [TestCase("focal(gamma=2, gamma=3)", "expected gamma once")]
    [TestCase("fokal", "expected one of bceWithThreshold")]
    [TestCase("focal(gamma=2", "expected \")\" or \",\" at character 14")]
    [TestCase("", "expected a name or a number at character 1")]
    [TestCase("unevenLabelSmoothing(positive=0.1)", "expected a value for negative, received none")]
    public void What_is_written_wrong_is_said(string written, string words)
    {
        var fault = Assert.Throws<ModelConfigurationException>(() => Doors.Make<Loss>("loss", written))!;
        Assert.That(fault.Message, Does.Contain(words));
    }

    [Test]
    public void A_deep_option_is_refused()
    {
        var deep = string.Concat(Enumerable.Repeat("ensemble(", 10_000));
        Assert.Throws<ModelConfigurationException>(() => Doors.Make<Scorer>("scorers", deep));
    }

    [Test]
    public void A_file_gives_back_what_was_saved()
    {
        using var folder = new TemporaryFolder();
        var settings = new ModelSettings
        {
            Objective = "fBeta(beta=2)",
            AtMost = 3,
            Without = ["a; b", "Größe"],
            Exclusive = [["file", "stream"]],
            Thresholds = new Dictionary<string, double> { ["key"] = -1.5 },
            Seed = 4,
        };
        settings.Save(folder.File("s.json"));
        Assert.That(ModelSettings.Load(folder.File("s.json")).ToString(), Is.EqualTo(settings.ToString()));
        Assert.That(settings.With("network.epochs", "3").With("network.Epochs", "4").With("network.patience", "2").Network, Is.EqualTo("Epochs=4, patience=2"));
        Assert.That(settings.With("signals", "idf; mlKnn").Signals, Is.EqualTo(["idf", "mlKnn"]));
        Assert.That(settings.With("without", "[\"x;y\"]").Without, Is.EqualTo(["x;y"]));
        Assert.Throws<ModelConfigurationException>(() => settings.With("sead", "4"));
        Assert.Throws<ModelConfigurationException>(() => settings.With("seed", "many"));
    }

    [Test]
    public void Every_fault_of_settings_is_named_at_once()
    {
        var settings = new ModelSettings { Objective = "none", Decision = "none", Features = "none", Scorers = ["linear"], Network = "epochs=2" };
        var faults = Assert.Throws<ModelConfigurationException>(() => settings.Builder())!.Faults;
        Assert.That(faults, Has.Count.EqualTo(4), string.Join("\n", faults));
    }

    /// <summary>No settings are those of Presets.Strong; some are what the builder's own methods make.</summary>
    [Test]
    public void Settings_fit_what_the_builder_fits()
    {
        var written = new ModelSettings
        {
            Scorers = ["linear(c=0.5)"],
            Signals = ["idf", "featureKnn(k=5)"],
            Views = ["longestTerm=2, minDocumentFrequency=2"],
            Decision = "sCut",
            AtMost = 2,
            Objective = "microF1",
            DecisionRows = "validationOnly",
            Candidates = 7,
            Calibration = "platt",
            Seed = 3,
        }.Builder().Fit(TextProblem.Train, TextProblem.Validation);
        var built = AdaptiveThresholdModel.Builder()
            .WithScorers(Scorers.Linear(c: 0.5))
            .WithSignals(Signals.Idf(), Signals.FeatureKnn(k: 5))
            .WithVectoriser(new() { LongestTerm = 2, MinDocumentFrequency = 2 })
            .WithDecision(Decisions.SCut().AtMost(2))
            .WithObjective(Objectives.MicroF1())
            .WithValidationOnly()
            .WithCandidates(7)
            .WithCalibration(Calibrations.Platt())
            .WithSeed(3)
            .Fit(TextProblem.Train, TextProblem.Validation);
        Same.Predictions(built.Predict(TextProblem.Test), written.Predict(TextProblem.Test));
    }
}
