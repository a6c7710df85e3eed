using System.Globalization;
using System.Reflection;
using System.Text.Json;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using Microsoft.FSharp.Core;
using NUnit.Framework;

namespace Limen.Integration;

/// <summary>Nothing that is set is silently ignored, and defaults are what their documentation says.</summary>
public sealed partial class SettingsTests
{
    private static readonly AdaptiveThresholdModelBuilder Plain = AdaptiveThresholdModel.Builder().WithScorers(TextProblem.Perceptron());

    /// <summary>Each method of the builder, away from its default.</summary>
    private static readonly Dictionary<string, Func<AdaptiveThresholdModelBuilder, AdaptiveThresholdModelBuilder>> Away = new()
    {
        ["WithSignals"] = b => b.WithSignals(Signals.Idf()),
        ["WithScorers"] = b => b.WithScorers(Scorers.Linear()),
        ["WithLoss"] = b => b.WithLoss(Losses.Focal()),
        ["WithHiddenLayers"] = b => b.WithHiddenLayers(7),
        ["WithDecision"] = b => b.WithDecision(Decisions.RCut(1)),
        ["WithObjective"] = b => b.WithObjective(Objectives.RecallAtPrecision(0.99)),
        ["WithAveragedScores"] = b => b.WithAveragedScores(),
        ["WithBoostedScores"] = b => b.WithBoostedScores(),
        ["WithCalibration"] = b => b.WithCalibration(Calibrations.Platt()),
        ["WithCandidates"] = b => b.WithCandidates(1),
        ["WithCrossFit"] = b => b.WithCrossFit(3),
        ["WithHoldOut"] = b => b.WithHoldOut(0.3),
        ["WithValidationOnly"] = b => b.WithValidationOnly(),
        ["WithValidationThenAll"] = b => b.WithValidationThenAll(),
        ["WithVectoriser"] = b => b.WithVectoriser(new() { LongestTerm = 2 }),
        ["WithVectorisers"] = b => b.WithVectorisers(new(), new() { LongestTerm = 1 }),
        ["WithViewScorers"] = b => b.WithVectorisers(new(), new() { LongestTerm = 1 }).WithViewScorers(TextProblem.Perceptron()),
        ["WithLabelNames"] = b => b.WithLabelNames(),
        ["WithFeatures"] = b => b.WithFeatures(FeatureKind.Values),
        ["WithSeed"] = b => b.WithSeed(2),
    };

    /// <summary>Methods that say how a fit goes on, not what comes of it; they have tests of their own.</summary>
    private static readonly string[] OfTheFit = ["WithBestSoFarWhenCancelled", "WithCheckpoints"];

    /// <summary>What is seen of a model: every candidate with its scores and probabilities; or that its settings are refused.</summary>
    private static string Seen(AdaptiveThresholdModelBuilder builder)
    {
        try
        {
            var model = builder.Fit(TextProblem.Train, TextProblem.Validation);
            var lines =
                from p in model.Predict(TextProblem.Test)
                from c in p.Candidates
                select string.Create(CultureInfo.InvariantCulture, $"{c.Label} {c.Score} {c.Threshold} {c.Probability} {c.IsPredicted}");
            return string.Join('\n', lines);
        }
        catch (ModelConfigurationException e)
        {
            return $"refused: {e.Message}";
        }
        catch (ArgumentException e)
        {
            return $"refused: {e.Message}";
        }
    }

    [Test]
    public void Every_method_of_the_builder_changes_the_model_or_is_a_fault()
    {
        var methods = typeof(AdaptiveThresholdModelBuilder).GetMethods().Where(m => m.Name.StartsWith("With", StringComparison.Ordinal)).Select(m => m.Name);
        Assert.That(methods.Distinct().Except(OfTheFit), Is.EquivalentTo(Away.Keys), "each method has a case here");
        var before = Seen(Plain);
        foreach (var (name, away) in Away)
            Assert.That(Seen(away(Plain)) != before, Is.True, name);
    }

    [Test]
    public void Every_setting_of_a_perceptron_changes_the_model_or_is_a_fault()
    {
        Dictionary<string, Action<PerceptronOptions>> away = new()
        {
            [nameof(PerceptronOptions.HiddenLayers)] = o => o.HiddenLayers = [7],
            [nameof(PerceptronOptions.Dropout)] = o => o.Dropout = 0.5,
            [nameof(PerceptronOptions.Loss)] = o => o.Loss = Losses.Asymmetric(),
            [nameof(PerceptronOptions.Epochs)] = o => o.Epochs = 2,
            [nameof(PerceptronOptions.BatchSize)] = o => o.BatchSize = 60,
            [nameof(PerceptronOptions.LearningRate)] = o => o.LearningRate = 0.1,
            [nameof(PerceptronOptions.WeightDecay)] = o => o.WeightDecay = 0.5,
            [nameof(PerceptronOptions.Patience)] = o => o.Patience = 0,
            [nameof(PerceptronOptions.Alpha)] = o => o.Alpha = AlphaSharing.EachLabel(0.01),
            [nameof(PerceptronOptions.Shortlist)] = o => o.Shortlist = 1,
            [nameof(PerceptronOptions.Seed)] = o => o.Seed = 99,
        };
        Assert.That(typeof(PerceptronOptions).GetProperties().Select(p => p.Name), Is.EquivalentTo(away.Keys), "each property has a case here");
        // small batches and no neighbours, or every label is in every shortlist
        string SeenWith(Action<PerceptronOptions>? change) =>
            Seen(Plain.WithSignals(Signals.Idf()).WithScorers(TextProblem.Perceptron(o => { o.BatchSize = 2; change?.Invoke(o); })));
        var before = SeenWith(null);
        foreach (var (name, change) in away)
            Assert.That(SeenWith(change) != before, Is.True, name);
    }

    [Test]
    public void Every_setting_of_a_vectoriser_changes_the_model_or_is_a_fault()
    {
        Dictionary<string, VectoriserOptions> away = new()
        {
            [nameof(VectoriserOptions.Tokens)] = new() { Tokens = Tokens.Letters },
            [nameof(VectoriserOptions.ShortestTerm)] = new() { ShortestTerm = 2 },
            [nameof(VectoriserOptions.LongestTerm)] = new() { LongestTerm = 2 },
            [nameof(VectoriserOptions.MinDocumentFrequency)] = new() { MinDocumentFrequency = 5 },
            [nameof(VectoriserOptions.MaxFeatures)] = new() { MaxFeatures = 20 },
            [nameof(VectoriserOptions.FirstWords)] = new() { FirstWords = 4 },
            [nameof(VectoriserOptions.SublinearTf)] = new() { SublinearTf = false },
        };
        Assert.That(typeof(VectoriserOptions).GetProperties().Select(p => p.Name), Is.EquivalentTo(away.Keys), "each property has a case here");
        var before = Seen(Plain);
        foreach (var (name, options) in away)
            Assert.That(Seen(Plain.WithVectoriser(options)) != before, Is.True, name);
    }

    /// <summary>A documented default is what a new object of the options has.</summary>
    [TestCase(typeof(PerceptronOptions))]
    [TestCase(typeof(VectoriserOptions))]
    public void Documented_defaults_are_the_real_ones(Type options)
    {
        var usual = Activator.CreateInstance(options)!;
        var documented = 0;
        foreach (var property in options.GetProperties())
        {
            var summary = Regex.Replace(Documentation(property), @"\s+", " ");
            var match = Default().Match(summary);
            if (!match.Success) continue;
            documented++;
            var value = property.GetValue(usual);
            var text = value is IEnumerable<int> many ? string.Join(", ", many) : Convert.ToString(value, CultureInfo.InvariantCulture)!;
            if (match.Groups[1].Value == "null") Assert.That(value, Is.Null, property.Name);
            else if (text.Length > 0 && property.Name != nameof(PerceptronOptions.BatchSize))
                Assert.That(text, Is.EqualTo(match.Groups[1].Value), property.Name);
        }
        Assert.That(documented, Is.GreaterThan(2));
    }

    [Test]
    public void Presets_are_the_same_from_CSharp_and_FSharp()
    {
        using var folder = new TemporaryFolder();
        foreach (var (name, count, seed) in new[] { ("train", 240, 1), ("validation", 80, 2) })
        {
            var lines = TextProblem.Rows(count, seed).Select(row => JsonSerializer.Serialize(new { text = row.Text, labels = row.Labels }));
            folder.Write($"{name}.jsonl", string.Join('\n', lines));
        }
        var split = MultiLabelDataset.FromFolder(folder.Path);
        var rows = Core.Folder.read(Core.Folder.defaults, folder.Path).Rows;
        var core = Core.Pipeline.fit(
            Core.Presets.strong(Objectives.MacroPlusMicro()),
            Core.Presets.vectorisers(),
            FeatureKind.Automatic,
            rows.Train,
            rows.Validation,
            FuncConvert.FromAction<TrainingProgress>(_ => { }),
            CancellationToken.None
        );
        using var saved = new TemporaryFolder();
        Core.Store.save(Path.Combine(saved.Path, "model"), core);
        var theirs = AdaptiveThresholdModel.Load(Path.Combine(saved.Path, "model"));
        Same.Predictions(Presets.Strong().Fit(split.Train, split.Validation).Predict(TextProblem.Test), theirs.Predict(TextProblem.Test));
    }

    private static string Documentation(PropertyInfo property)
    {
        var file = Path.ChangeExtension(property.DeclaringType!.Assembly.Location, ".xml");
        var name = $"P:{property.DeclaringType.FullName}.{property.Name}";
        var member = XDocument.Load(file).Descendants("member").Single(m => (string?)m.Attribute("name") == name);
        return string.Concat(member.Elements("summary").Select(e => e.Value));
    }

    [GeneratedRegex(@"Default: (null|[\d.]*\d)")]
    private static partial Regex Default();
}
