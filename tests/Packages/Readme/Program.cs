using Limen;

var (train, validation, test) = MultiLabelDataset.FromFolder("docs"); // texts and labels that the .NET SDK brings along: limen demo --corpus docs
var model = AdaptiveThresholdModel.Builder()
    .WithSignals(Signals.Idf(), Signals.FeatureKnn(k: 30))
    .WithScorers(Scorers.Perceptron(new() { HiddenLayers = [256], Epochs = 5 }))
    .Fit(train, validation);
Console.WriteLine(model.Evaluate(test!));
model.Save("model");

var again = AdaptiveThresholdModel.Load("model");
foreach (var label in again.Predict("Waits for the task to complete or the token to be cancelled.").Candidates.Where(label => label.IsPredicted))
    Console.WriteLine($"{label.Label}: score {label.Score:F2}, threshold {label.Threshold:F2}");
Console.WriteLine(again.Why("Waits for the task to complete or the token to be cancelled.", "System.IO.IOException"));

// It prints:
// 6839 rows: macro-F1 0.427 (A), 0.610 (C), micro-F1 0.777, P@1 0.863, P@5 0.446, nDCG@5 0.867
// System.Threading.CancellationToken: score 2.09, threshold -0.96
// System.ObjectDisposedException: score -0.65, threshold -2.22
// System.OperationCanceledException: score 1.39, threshold 0.57
// System.AggregateException: score 0.21, threshold -0.35
// "System.IO.IOException" is not predicted: its score -1.724 is below its threshold 2.990, by 4.714
