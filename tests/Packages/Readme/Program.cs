using Limen;

var (train, validation, test) = MultiLabelDataset.ApiDocumentation(); // texts and labels that the .NET SDK brings along
var model = AdaptiveThresholdModel.Builder()
    .WithSignals(Signals.Idf(), Signals.FeatureKnn(k: 30))
    .WithHiddenLayers(256).WithEpochs(5)
    .Build().Fit(train, validation);
Console.WriteLine(model.Evaluate(test!));
model.Save("model");

var again = AdaptiveThresholdModel.Load("model");
foreach (var pair in again.Predict("Waits for the task to complete or the token to be cancelled.").Candidates.Where(pair => pair.IsPredicted))
    Console.WriteLine($"{pair.Label}: score {pair.Score:F2}, threshold {pair.Threshold:F2}");

// It prints:
// 6839 rows: macro-F1 0.427 (A), 0.610 (C), micro-F1 0.777, P@1 0.863, P@5 0.446, nDCG@5 0.867
// System.Threading.CancellationToken: score 2.09, threshold -0.96
// System.ObjectDisposedException: score -0.65, threshold -2.22
// System.OperationCanceledException: score 1.39, threshold 0.57
// System.AggregateException: score 0.21, threshold -0.35
