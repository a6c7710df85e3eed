using Limen;

var (train, validation, test) = MultiLabelDataset.ApiDocumentation(); // texts and labels that the .NET SDK brings along
var model = AdaptiveThresholdModel.Builder()
    .WithSignals(Signals.Idf(), Signals.FeatureKnn(k: 30))
    .Build().Fit(train, validation);
Console.WriteLine(model.Evaluate(test!));
model.Save("model");

var again = AdaptiveThresholdModel.Load("model");
foreach (var pair in again.Predict("Reads the next line of characters from the file.").Candidates.Where(pair => pair.IsPredicted))
    Console.WriteLine($"{pair.Label}: score {pair.Score:F2}, threshold {pair.Threshold:F2}");

// It prints:
// 6839 rows: macro-F1 0.431 (A), 0.615 (C), micro-F1 0.829, P@1 0.890, P@5 0.459, nDCG@5 0.898
// System.OutOfMemoryException: score 2.25, threshold 0.48
// System.IO.IOException: score 1.09, threshold 0.22
// System.ArgumentOutOfRangeException: score -1.52, threshold -2.21
