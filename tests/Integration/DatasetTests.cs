using NUnit.Framework;

namespace Limen.Integration;

/// <summary>The ways in which rows come in.</summary>
public sealed class DatasetTests
{
    [Test]
    public void Json_lines_are_texts_with_labels()
    {
        using var folder = new TemporaryFolder();
        var rows = MultiLabelDataset.FromJsonLines(
            folder.Write("rows.jsonl", """{"text": "reads the file", "labels": ["io", "file"]}""", """{"text": "waits", "labels": []}""")
        );
        Assert.That(rows.Labels, Is.EqualTo(["file", "io"]));
        Assert.That(rows.TextOf(0), Is.EqualTo("reads the file"));
        Assert.That(rows.LabelsOf(0), Is.EqualTo(["file", "io"]));
        Assert.That(rows.LabelsOf(1), Is.Empty);
        Assert.That(rows.IsText);
    }

    [Test]
    public void Reading_that_is_cancelled_throws()
    {
        using var folder = new TemporaryFolder();
        var lines = folder.Write("train.jsonl", """{"text": "reads the file", "labels": ["io", "file"]}""");
        var table = folder.Write("rows.csv", "text,labels", "reads,io");
        var numbers = folder.Write("rows.svm", "1 1:0.5");
        CancellationToken cancelled = new(canceled: true);
        Func<object>[] readers =
        [
            () => MultiLabelDataset.FromFile(lines, cancellationToken: cancelled),
            () => MultiLabelDataset.FromJsonLines(lines, cancelled),
            () => MultiLabelDataset.FromCsv(table, cancellationToken: cancelled),
            () => MultiLabelDataset.FromSvmlight(numbers, cancellationToken: cancelled),
            () => MultiLabelDataset.FromFolder(Path.GetDirectoryName(lines)!, cancellationToken: cancelled),
        ];
        foreach (var read in readers) Assert.That(read, Throws.InstanceOf<OperationCanceledException>());
    }

    [Test]
    public void A_broken_line_is_named_with_its_place()
    {
        using var folder = new TemporaryFolder();
        var file = folder.Write("rows.jsonl", """{"text": "a", "labels": []}""", """{"text": 7}""");
        var fault = Assert.Throws<DataFormatException>(() => MultiLabelDataset.FromJsonLines(file))!;
        Assert.That((fault.File, fault.Line), Is.EqualTo((file, 2)));
        Assert.That(fault.Message, Does.StartWith($"{file}:2:{fault.Column}: expected {fault.Expected}, found {fault.Found}"));
    }

    [Test]
    public void Svmlight_files_are_features_with_labels()
    {
        using var folder = new TemporaryFolder();
        var file = folder.Write("rows.svm", "2,1 1:0.5 3:2", " 2:1");
        var rows = MultiLabelDataset.FromSvmlight(file, firstFeature: 1, firstLabel: 1);
        Assert.That(rows.Labels, Is.EqualTo(["1", "2"]));
        Assert.That(rows.LabelsOf(0), Is.EqualTo(["1", "2"]));
        Assert.That(rows.FeaturesOf(0), Is.EqualTo(new[] { (0, 0.5f), (2, 2f) }));
        Assert.That(rows.IsText, Is.False);
    }

    [Test]
    public void A_file_of_any_format_is_told_by_its_name_and_first_line_or_named()
    {
        using var folder = new TemporaryFolder();
        Assert.That(MultiLabelDataset.FromFile(folder.Write("rows.jsonl", """{"text": "waits", "labels": ["b"]}""")).Labels, Is.EqualTo(["b"]));
        Assert.That(MultiLabelDataset.FromFile(folder.Write("rows.txt", "__label__a __label__c waits")).Labels, Is.EqualTo(["a", "c"]));
        Assert.That(MultiLabelDataset.FromFile(folder.Write("numbers.txt", "1 0:1")).IsText, Is.False);
        Assert.That(MultiLabelDataset.FromFile(folder.Write("rows", "1 0:1"), "svmlight").Labels, Is.EqualTo(["1"]));
        var fault = Assert.Throws<ModelConfigurationException>(() => MultiLabelDataset.FromFile(folder.Write("rows.odd", "x"), "odd"))!;
        Assert.That(fault.Faults.Single(), Does.Contain("jsonl").And.Contain("fasttext").And.Contain("svmlight").And.Contain("csv").And.Contain("odd"));
    }

    [Test]
    public void Tables_are_read_by_the_columns_that_are_named()
    {
        using var folder = new TemporaryFolder();
        var file = folder.Write("posts.csv", "n,body,tags", "1,\"a, b\",x/y", "2,c,");
        var rows = MultiLabelDataset.FromCsv(file, new() { Text = ["body"], Labels = ["tags"], Separator = "/" });
        Assert.That(rows.TextOf(0), Is.EqualTo("a, b"));
        Assert.That(rows.LabelsOf(0), Is.EqualTo(["x", "y"]));
        var fault = Assert.Throws<DataFormatException>(() => MultiLabelDataset.FromFile(file, fields: new() { Text = ["text"] }))!;
        Assert.That(fault.Message, Does.Contain("expected a column \"text\", as asked for text, found the columns n, body, tags"));
    }

    [Test]
    public void Faulty_weights_beside_a_file_are_named_with_their_place()
    {
        using var folder = new TemporaryFolder();
        var file = folder.Write("rows.svm", "1 0:1", "0 0:1");
        var weights = folder.Write("rows.svm.weight", "2", "-1");
        Action[] readers = [() => MultiLabelDataset.FromFile(file), () => MultiLabelDataset.FromSvmlight(file)];
        foreach (var read in readers)
        {
            var fault = Assert.Throws<DataFormatException>(() => read())!;
            Assert.That((fault.File, fault.Line, fault.Column), Is.EqualTo((weights, 2, 1)));
        }
    }

    [Test]
    public void Labels_that_only_test_rows_have_are_known_to_these_alone()
    {
        using var folder = new TemporaryFolder();
        folder.Write("train.jsonl", """{"text": "reads the file", "labels": ["file"]}""");
        folder.Write("test.jsonl", """{"text": "reads the moon", "labels": ["moon"]}""");
        var split = MultiLabelDataset.FromFolder(folder.Path);
        Assert.That(split.Train.Labels, Is.EqualTo(["file"]));
        Assert.That(split.Test!.Labels, Is.EqualTo(["file", "moon"]));
        Assert.That(split.Test.LabelsOf(0), Is.EqualTo(["moon"]));
        Assert.That(split.Validation, Is.Null);
    }

    [Test]
    public void Labels_stand_once_in_their_row_and_have_names()
    {
        var data = MultiLabelDataset.FromTexts([("a", ["x", "y", "x"]), ("b", ["y"])]);
        Assert.That(data.Labels, Is.EqualTo(["x", "y"]));
        Assert.That(data.LabelsOf(0), Is.EqualTo(["x", "y"]));
        Assert.That(
            () => MultiLabelDataset.FromTexts([("a", ["x"]), ("b", [""])]),
            Throws.ArgumentException.With.Message.StartsWith("row 2: expected labels with names, received an empty one"));
    }

    [Test]
    public void A_folder_without_training_rows_is_a_fault()
    {
        using var folder = new TemporaryFolder();
        var fault = Assert.Throws<ModelConfigurationException>(() => MultiLabelDataset.FromFolder(folder.Path))!;
        Assert.That(fault.Faults.Single(), Does.Contain("expected train.jsonl"));
    }

    [TestCase(-1, 1f, "row 1: expected feature ids from 0 to 4, received -1")]
    [TestCase(5, 1f, "row 1: expected feature ids from 0 to 4, received 5")]
    [TestCase(2, 1f, "row 1: expected each feature once, received 2 twice")]
    [TestCase(3, float.NegativeInfinity, "row 1: expected finite values, received -Infinity for feature 3")]
    public void Features_are_checked(int id, float value, string message)
    {
        Assert.That(() => MultiLabelDataset.FromFeatures([([(2, 1f), (id, value)], ["a"])], dimension: 5), Throws.ArgumentException.With.Message.StartsWith(message));
    }

    [Test]
    public void Splitting_is_seeded_and_loses_nothing()
    {
        var (train, heldOut) = TextProblem.Train.Split(seed: 7, share: 0.25);
        var (again, _) = TextProblem.Train.Split(seed: 7, share: 0.25);
        Assert.That(heldOut.Count, Is.EqualTo(60));
        Assert.That(TextProblem.Texts(train), Is.EqualTo(TextProblem.Texts(again)));
        Assert.That(TextProblem.Texts(train).Concat(TextProblem.Texts(heldOut)), Is.EquivalentTo(TextProblem.Texts(TextProblem.Train)));
    }

    [Test]
    public void Features_train_a_model_and_are_checked_by_it()
    {
        (IReadOnlyList<(int, float)>, IReadOnlyList<string>) Row(int i) => ([(i % 4, 1f), (4 + i % 3, 0.5f)], [$"label {i % 4}"]);
        var rows = MultiLabelDataset.FromFeatures(Enumerable.Range(0, 80).Select(Row));
        var model = TextProblem.Builder.WithHoldOut().WithFeatures(FeatureKind.TermCounts).Fit(rows);
        Assert.That(model.Predict([(2, 1f)]).Labels, Is.EqualTo(["label 2"]));
        Assert.That(() => model.Predict([(7, 1f)]), Throws.ArgumentException.With.Message.StartsWith("expected features from 0 to 6, received feature 7"));
        Assert.That(() => model.Predict("a text"), Throws.ArgumentException.With.Message.StartsWith("expected features as in the training rows, received texts"));
    }
}
