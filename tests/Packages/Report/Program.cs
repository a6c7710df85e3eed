// Trains on a few texts and writes a report on others: Program FILE.html
using Limen;

var words = new[] { ("kite", "toys"), ("river", "nature"), ("lamp", "home") };
var rows = Enumerable.Range(0, 120).Select(i => ($"the {words[i % 3].Item1} and the {words[i / 3 % 3].Item1}", (IReadOnlyList<string>)[.. new[] { words[i % 3].Item2, words[i / 3 % 3].Item2 }.Distinct()]));
var data = MultiLabelDataset.FromTexts(rows);
var (train, test) = data.Split(seed: 1, share: 0.25);
var model = AdaptiveThresholdModel.Builder().WithScorers(Scorers.Linear()).Fit(train);
Reports.Write(model, test, args[0], new() { Title = "Kites", Resamples = 20 });
