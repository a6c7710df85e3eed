// Trains on points of a square, of which two labels tell the halves: Program MODEL
using Limen;

var random = new Random(1);
var points = new float[200, 2];
var labels = new List<string[]>();
for (var i = 0; i < 200; i++)
{
    (points[i, 0], points[i, 1]) = (random.NextSingle(), random.NextSingle());
    labels.Add([.. points[i, 0] > 0.5f ? ["right"] : Array.Empty<string>(), .. points[i, 1] > 0.5f ? ["top"] : Array.Empty<string>()]);
}

var model = AdaptiveThresholdModel.Builder()
    .WithScorers(TreeScorers.BoostedTrees(new() { Trees = 20 }), TreeScorers.ExtraTrees(new() { Trees = 20 }))
    .Fit(MultiLabelDataset.FromVectors(points, labels));
model.Save(args[0]);
Console.WriteLine($"predicted {string.Join(" ", model.Predict([(0, 0.9f), (1, 0.9f)]).Candidates.Select(label => $"{label.Label} {label.IsPredicted} {label.Score:F6}"))}");
