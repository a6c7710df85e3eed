using NUnit.Framework;

namespace Limen.Integration;

/// <summary>Another decision on a fitted model, and the model label by label.</summary>
public sealed class DecideTests
{
    private static readonly MultiLabelDataset Fresh = TextProblem.Dataset(100, 9);

    /// <summary>On the rows that decided, the rule that decided is fitted again.</summary>
    [Test]
    public void The_same_rule_on_the_same_rows_changes_nothing()
    {
        var again = TextProblem.Model.WithDecision(Decisions.Fused(), TextProblem.Validation);
        Same.Predictions(TextProblem.Model.Predict(TextProblem.Test), again.Predict(TextProblem.Test));
    }

    [Test]
    public void Another_rule_decides_and_scores_stay()
    {
        var three = TextProblem.Model.WithDecision(Decisions.RCut(3), Fresh);
        foreach (var (before, after) in TextProblem.Model.Predict(TextProblem.Test).Zip(three.Predict(TextProblem.Test)))
        {
            Assert.That(after.Labels, Has.Count.EqualTo(3));
            Assert.That(after.Candidates.OrderBy(c => c.Label).Select(c => c.Probability), Is.EqualTo(before.Candidates.OrderBy(c => c.Label).Select(c => c.Probability)));
        }
    }

    [Test]
    public void Constraints_come_and_go_without_rows()
    {
        var one = TextProblem.Model.WithConstraints(decision => decision.AtMost(1).Without("file"));
        Assert.That(one.Predict(TextProblem.Test).All(p => p.Labels.Count <= 1 && !p.Labels.Contains("file")));
        var none = one.WithConstraints(decision => decision);
        Same.Predictions(TextProblem.Model.Predict(TextProblem.Test), none.Predict(TextProblem.Test));
        Assert.Throws<ModelConfigurationException>(() => TextProblem.Model.WithConstraints(decision => decision.Only("nothing")));
    }

    [Test]
    public void Faults_of_a_decision_are_named()
    {
        var fault = Assert.Throws<ModelConfigurationException>(() => TextProblem.Model.WithDecision(Decisions.RCut(0), Fresh))!;
        Assert.That(fault.Message, Does.Contain("k: expected 1 to"));
        Assert.Throws<ModelConfigurationException>(() => TextProblem.Model.WithDecision(Decisions.Fused(), Fresh, Objectives.FBeta(-1)));
    }

    [Test]
    public void The_table_of_labels_is_the_report_s()
    {
        using var folder = new TemporaryFolder();
        var report = TextProblem.Model.Evaluate(TextProblem.Test);
        var table = TextProblem.Model.LabelTable(TextProblem.Test);
        Assert.That(table.Select(row => (row.Label, row.Positives, row.F1)), Is.EqualTo(report.Labels.Select(row => (row.Label, (double?)row.Positives, (double?)row.F1))));
        Assert.That(TextProblem.Model.LabelTable().Select(row => row.F1), Is.All.Null);
        Assert.That(TextProblem.Model.LabelTable().Sum(row => row.Support), Is.EqualTo(Enumerable.Range(0, TextProblem.Train.Count).Sum(row => TextProblem.Train.LabelsOf(row).Count)));
        TextProblem.Model.SaveLabels(folder.File("labels.csv"), TextProblem.Test);
        Assert.That(File.ReadAllLines(folder.File("labels.csv")), Has.Length.EqualTo(1 + table.Count));
    }
}
