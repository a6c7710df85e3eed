using NUnit.Framework;

namespace Limen.Integration;

/// <summary>Builders: immutable, and honest about every fault at once.</summary>
public sealed class BuilderTests
{
    [Test]
    public void Every_fault_is_named_at_once()
    {
        var faulty = AdaptiveThresholdModel.Builder()
            .WithSignals(Signals.Idf(), Signals.Idf(), Signals.FeatureKnn(k: 0))
            .WithScorers(
                Scorers.Perceptron(
                    new()
                    {
                        HiddenLayers = [0],
                        Dropout = 1,
                        Loss = Losses.BceWithThreshold().Plus(0.1, Losses.Margin(delta: -1)),
                        Epochs = 0,
                        BatchSize = 0,
                        LearningRate = 0,
                        Patience = 0,
                    }
                )
            )
            .WithCandidates(0)
            .WithHoldOut(1)
            .WithDecision(Decisions.RCut(0).AtLeast(-1))
            .WithObjective(Objectives.FBeta(0))
            .WithVectoriser(new VectoriserOptions { LongestTerm = 0 });
        var fault = Assert.Throws<ModelConfigurationException>(() => faulty.WithSignals(Signals.Idf(), Signals.FeatureKnn(k: 0)).Fit(TextProblem.Train))!;
        Assert.That(
            fault.Message,
            Is.EqualTo(
                """
                The configuration has faults:
                  - vectoriser: expected a longest term of 1 tokens or more, received 0
                  - FeatureKnn.K: expected 1 to 10000, received 0
                  - hidden layer width: expected 1 to 65536, received 0
                  - dropout: expected at least 0 and below 1, received 1
                  - epochs: expected 1 to 100000, received 0
                  - batch size: expected 1 to 1000000, received 0
                  - patience: expected 1 to 100000, received 0
                  - learning rate: expected above 0, at most 1, received 0
                  - loss: margin-symmetric: Delta: expected above 0, at most 1000000, received -1
                  - candidates: expected 1 to 100000, received 0
                  - decision rows: expected a held-out share above 0 and below 1, received 1
                  - decision: RCut, k: expected 1 to 100000, received 0
                  - constraint: at least: expected 0 labels or more, received -1
                  - objective: F-beta, beta: expected above 0, at most 1000, received 0
                """
            )
        );
        Assert.That(fault.Faults, Has.Count.EqualTo(14));
        var twice = Assert.Throws<ModelConfigurationException>(() => faulty.Fit(TextProblem.Train))!;
        Assert.That(twice.Faults[0], Is.EqualTo("signals: expected at most one global signal, received idf and idf"));
    }

    [Test]
    public void A_shortcut_beside_scorers_is_a_fault()
    {
        var both = AdaptiveThresholdModel.Builder().WithLoss(Losses.Focal()).WithHiddenLayers(8).WithScorers(Scorers.Linear());
        var fault = Assert.Throws<ModelConfigurationException>(() => both.Fit(TextProblem.Train))!;
        Assert.That(
            fault.Faults,
            Is.EqualTo(
                [
                    "WithLoss: expected it without WithScorers; give a perceptron its own: Scorers.Perceptron(new() { Loss = ... })",
                    "WithHiddenLayers: expected it without WithScorers; give a perceptron its own: Scorers.Perceptron(new() { HiddenLayers = ... })",
                ]
            )
        );
    }

    [Test]
    public void Faults_of_a_scorer_are_named()
    {
        var faulty = AdaptiveThresholdModel.Builder().WithScorers(Scorers.Linear(c: 0), Scorers.Perceptron(new() { Loss = Losses.Focal(-1) }));
        var fault = Assert.Throws<ModelConfigurationException>(() => faulty.Fit(TextProblem.Train))!;
        Assert.That(
            fault.Faults,
            Is.EqualTo(["Linear.C: expected above 0, at most 1000000000, received 0", "loss: focal: gamma: expected 0 to 100, received -1"])
        );
        Assert.That(() => AdaptiveThresholdModel.Builder().WithScorers().Fit(TextProblem.Train), Throws.TypeOf<ModelConfigurationException>());
    }

    [Test]
    public void Branches_of_a_builder_are_independent()
    {
        var stem = TextProblem.Builder;
        var faulty = stem.WithCandidates(0);
        var narrow = stem.WithSignals().WithDecision(Decisions.Fixed());
        Assert.That(() => faulty.Fit(TextProblem.Train), Throws.TypeOf<ModelConfigurationException>());
        var model = stem.Fit(TextProblem.Train, TextProblem.Validation);
        var other = narrow.Fit(TextProblem.Train, TextProblem.Validation);
        Same.Predictions(TextProblem.Model.Predict(TextProblem.Test), model.Predict(TextProblem.Test));
        Assert.That(other.Predict(TextProblem.Test).SelectMany(p => p.Candidates), Has.All.Matches<Candidate>(c => c.Global == 0 && c.Local == 0));
    }

    [Test]
    public void What_a_builder_was_given_may_change_afterwards()
    {
        int[] widths = [12];
        var options = new PerceptronOptions { Epochs = 1 };
        var builders = new[] { AdaptiveThresholdModel.Builder().WithHiddenLayers(widths), AdaptiveThresholdModel.Builder().WithScorers(Scorers.Perceptron(options)) };
        widths[0] = 0;
        options.Epochs = 0;
        foreach (var builder in builders)
            Assert.That(() => builder.WithHoldOut(0.2).Fit(TextProblem.Train, cancellationToken: new CancellationToken(true)), Throws.TypeOf<OperationCanceledException>());
    }

    [Test]
    public void Costs_of_a_label_that_the_rows_lack_are_a_fault()
    {
        var costs = Objectives.LabelCosts(new Dictionary<string, (double, double)> { ["moon"] = (1, 2) }, otherwise: (1, 1));
        var builder = TextProblem.Builder.WithObjective(costs).WithDecision(Decisions.Fused().Without("sun"));
        var fault = Assert.Throws<ModelConfigurationException>(() => builder.Fit(TextProblem.Train, TextProblem.Validation))!;
        Assert.That(fault.Faults, Is.EqualTo(["constraint: expected one of the 8 labels, received \"sun\"", "objective: label costs: expected one of the 8 labels, received \"moon\""]));
    }

    [Test]
    public void Every_local_signal_trains()
    {
        Signal[] signals =
        [
            Signals.MlKnn(k: 5),
            Signals.ClusterNeighbours(k: 8),
            Signals.TfIdf(),
            Signals.LabelAgreement(),
            Signals.LabelNeighbours(k: 5),
            Signals.LearnedGraph(),
            Signals.Weighted((0.7, Signals.FeatureKnn(k: 5)), (0.3, Signals.TfIdf())),
        ];
        foreach (var signal in signals)
        {
            var builder = TextProblem.Builder.WithSignals(Signals.Idf(), signal).WithScorers(Scorers.Linear());
            var report = builder.Fit(TextProblem.Train, TextProblem.Validation).Evaluate(TextProblem.Test);
            Assert.That(report.MicroF1, Is.GreaterThan(0.9), signal.ToString());
        }
    }

    [Test]
    public void Every_combination_of_losses_and_scorers_trains()
    {
        Loss[] losses =
        [
            Losses.BceWithThreshold((rows, positives) => Math.Sqrt(rows / (positives + 1))),
            Losses.Focal().Plus(Losses.Asymmetric()).Times(0.5),
            Losses.LabelSmoothing().Plus(Losses.UnevenLabelSmoothing(0.1, 0.01)).Plus(Losses.PriorLabelSmoothing()),
            Losses.Ldam().Plus(Losses.BalancedBce()),
            Losses.Dice(LossScope.PerRow).Plus(0.1, Losses.Pairwise(LossScope.Global)).Plus(0.1, Losses.CoupledSoftmax()),
        ];
        foreach (var loss in losses)
        {
            var model = TextProblem
                .Builder.WithScorers(
                    TextProblem.Perceptron(p =>
                    {
                        (p.HiddenLayers, p.Epochs, p.Loss) = ([8], 2, loss);
                        p.Alpha = AlphaSharing.ByFrequency(2);
                    }),
                    Scorers.Linear()
                )

                .Fit(TextProblem.Train, TextProblem.Validation);
            Assert.That(model.Evaluate(TextProblem.Test).MicroF1, Is.GreaterThan(0.5), loss.ToString());
        }
    }
}
