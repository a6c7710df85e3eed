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
// 6839 rows: macro-F1 0.439 (A), 0.627 (C), micro-F1 0.783, P@1 0.872, P@5 0.450, nDCG@5 0.877
// System.Threading.CancellationToken: score 2.54, threshold -0.63
// System.ObjectDisposedException: score -1.00, threshold -2.76
// System.OperationCanceledException: score 1.58, threshold -0.08
// System.AggregateException: score 0.19, threshold -0.72
// "System.IO.IOException" is not predicted: its score -2.141 is below its threshold 3.323, by 5.465
