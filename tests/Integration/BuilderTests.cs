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
            .WithLoss(Losses.BceWithThreshold().Plus(0.1, Losses.Margin(delta: -1)))
            .WithHiddenLayers(0)
            .WithDropout(1)
            .WithEpochs(0)
            .WithBatchSize(0)
            .WithLearningRate(0)
            .WithPatience(0)
            .WithCandidates(0)
            .WithDecisionRows(DecisionRows.HoldOut(1))
            .WithDecision(Decisions.RCut(0))
            .WithObjective(Objectives.FBeta(0))
            .WithVectoriser(new VectoriserOptions { LongestTerm = 0 });
        var fault = Assert.Throws<ModelConfigurationException>(() => faulty.Build())!;
        Assert.That(
            fault.Message,
            Is.EqualTo(
                """
                The configuration has faults:
                  - hidden layer width: expected at least 1, received 0
                  - dropout: expected at least 0 and below 1, received 1
                  - epochs: expected at least 1, received 0
                  - batch size: expected at least 1, received 0
                  - patience: expected at least 1, received 0
                  - learning rate: expected above 0 and below 10, received 0
                  - FeatureKnn.K: expected at least 1, received 0
                  - candidates: expected at least 1, received 0
                  - decision rows: expected a held-out share above 0 and below 1, received 1
                  - signals: expected at most one global signal, received IDF and IDF
                  - loss: margin-symmetric: expected Delta > 0, received -1
                  - decision: RCut: expected k > 0, received 0
                  - objective: F-beta: expected beta > 0, received 0
                  - vectoriser: expected a longest term of 1 words or more, received 0
                """
            )
        );
        Assert.That(fault.Faults, Has.Count.EqualTo(14));
    }

    [Test]
    public void Faults_of_a_scorer_are_named()
    {
        var faulty = AdaptiveThresholdModel.Builder().WithScorers(Scorers.Linear(c: 0), Scorers.Perceptron(loss: Losses.Focal(-1)));
        var fault = Assert.Throws<ModelConfigurationException>(() => faulty.Build())!;
        Assert.That(
            fault.Faults,
            Is.EqualTo(["Linear.C: expected a finite number above 0, received 0", "loss: focal: expected gamma >= 0, received -1"])
        );
        Assert.That(() => AdaptiveThresholdModel.Builder().WithScorers().Build(), Throws.TypeOf<ModelConfigurationException>());
    }

    [Test]
    public void Branches_of_a_builder_are_independent()
    {
        var stem = TextProblem.Builder;
        var faulty = stem.WithEpochs(0);
        var narrow = stem.WithSignals().WithDecision(Decisions.Fixed());
        Assert.That(() => faulty.Build(), Throws.TypeOf<ModelConfigurationException>());
        var model = stem.Build().Fit(TextProblem.Train, TextProblem.Validation);
        var other = narrow.Build().Fit(TextProblem.Train, TextProblem.Validation);
        Same.Predictions(TextProblem.Model.Predict(TextProblem.Test), model.Predict(TextProblem.Test));
        Assert.That(other.Predict(TextProblem.Test).SelectMany(p => p.Candidates), Has.All.Matches<Candidate>(c => c.Global == 0 && c.Local == 0));
    }

    [Test]
    public void What_a_builder_was_given_may_change_afterwards()
    {
        int[] widths = [12];
        var builder = TextProblem.Builder.WithHiddenLayers(widths);
        widths[0] = 0;
        Assert.That(() => builder.Build(), Throws.Nothing);
    }

    [Test]
    public void Costs_of_a_label_that_the_rows_lack_are_a_fault()
    {
        var costs = Objectives.LabelCosts(new Dictionary<string, LabelCost> { ["moon"] = new(1, 2) }, otherwise: new(1, 1));
        var trainer = TextProblem.Builder.WithObjective(costs).Build();
        var fault = Assert.Throws<ModelConfigurationException>(() => trainer.Fit(TextProblem.Train, TextProblem.Validation))!;
        Assert.That(fault.Faults, Is.EqualTo(["objective: expected labels of the training rows, received \"moon\""]));
    }

    [Test]
    public void Every_local_signal_trains()
    {
        Signal[] signals =
        [
            Signals.MlKnn(k: 5),
            Signals.TfIdf(),
            Signals.LabelAgreement(),
            Signals.LabelNeighbours(k: 5),
            Signals.LearnedGraph(),
            Signals.Weighted((0.7, Signals.FeatureKnn(k: 5)), (0.3, Signals.TfIdf())),
        ];
        foreach (var signal in signals)
        {
            var builder = TextProblem.Builder.WithSignals(Signals.Idf(), signal).WithScorers(Scorers.Linear());
            var report = builder.Build().Fit(TextProblem.Train, TextProblem.Validation).Evaluate(TextProblem.Test);
            Assert.That(report.MicroF1, Is.GreaterThan(0.9), signal.ToString());
        }
    }

    [Test]
    public void Every_combination_of_losses_and_scorers_trains()
    {
        Loss[] losses =
        [
            Losses.BceWithThreshold((rows, positives) => Math.Sqrt((double)rows / (positives + 1))),
            Losses.Focal().Plus(Losses.Asymmetric()).Times(0.5),
            Losses.LabelSmoothing().Plus(Losses.UnevenLabelSmoothing(0.1, 0.01)).Plus(Losses.PriorLabelSmoothing()),
            Losses.Ldam().Plus(Losses.BalancedBce()),
            Losses.Dice(LossScope.PerRow).Plus(0.1, Losses.Pairwise(LossScope.Global)).Plus(0.1, Losses.Softmax(SoftmaxReading.Coupled)),
        ];
        foreach (var loss in losses)
        {
            var model = TextProblem
                .Builder.WithEpochs(2)
                .WithAlpha(AlphaSharing.ByFrequency(2))
                .WithScorers(Scorers.Perceptron([8], loss: loss), Scorers.Linear())
                .Build()
                .Fit(TextProblem.Train, TextProblem.Validation);
            Assert.That(model.Evaluate(TextProblem.Test).MicroF1, Is.GreaterThan(0.5), loss.ToString());
        }
    }
}
