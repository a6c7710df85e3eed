// Thresholds behind a classifier that is there already, without training it again, on texts that the .NET SDK brings along
// (limen demo --corpus docs):  dotnet run own-scores.cs
#:package Limen@*
#:property PublishAot=false
using Limen;

var (train, validation, test) = MultiLabelDataset.FromFolder("docs");

// The classifier: a word votes for the labels of the training texts that it stands in; a text's scores are the mean of its words' votes.
var ids = train.Labels.Index().ToDictionary(label => label.Item, label => label.Index);
var votes = Enumerable
    .Range(0, train.Count)
    .SelectMany(row => Words(train, row).Select(word => (Word: word, Labels: train.LabelsOf(row))))
    .GroupBy(pair => pair.Word, pair => pair.Labels)
    .Where(texts => texts.Count() is > 1 and < 500)
    .ToDictionary(
        texts => texts.Key,
        texts => texts.SelectMany(labels => labels).CountBy(label => ids[label]).Select(n => (Label: n.Key, Share: (double)n.Value / texts.Count())).ToArray()
    );

// Its probabilities, the best 60 labels of each row: all that the thresholds see of it.
var (heldOut, scores) = (Scores(validation!), Scores(test!));

var atOneHalf = AdaptiveThresholds.Builder().WithScoresAsGiven().WithDecision(Decisions.Fixed()).Fit(heldOut, validation!);
var fused = AdaptiveThresholds.Builder().WithSignals(Signals.Idf()).WithTrainingRows(train).Fit(heldOut, validation!);
var withNeighbours = AdaptiveThresholds
    .Builder()
    .WithSignals(Signals.Idf(), Signals.FeatureKnn(k: 30))
    .WithTrainingRows(train)
    .Fit(heldOut, validation!);

Console.WriteLine($"a threshold of one half:     {atOneHalf.Evaluate(scores, test!)}");
Console.WriteLine($"thresholds that know rarity: {fused.Evaluate(scores, test!)}");
Console.WriteLine($"... and the neighbours:      {withNeighbours.Evaluate(scores, test!)}");

ScoreLists Scores(MultiLabelDataset rows) =>
    ScoreLists.FromRows(train.Labels, ScoreScale.Probabilities, Enumerable.Range(0, rows.Count).Select(row => Score(Words(rows, row))));

IEnumerable<(int Label, double Score)> Score(string[] words) =>
    words
        .Where(votes.ContainsKey)
        .SelectMany(word => votes[word])
        .GroupBy(vote => vote.Label, vote => vote.Share)
        .Select(shares => (shares.Key, shares.Sum() / words.Length))
        .OrderByDescending(score => score.Item2)
        .Take(60);

static string[] Words(MultiLabelDataset rows, int row) =>
    [.. rows.TextOf(row)!.Split([' ', '.', ',', '(', ')', '"']).Where(word => word != "").Distinct()];

// It prints:
// a threshold of one half:     6839 rows: macro-F1 0.001 (A), 0.001 (C), micro-F1 0.034, P@1 0.670, P@5 0.375, nDCG@5 0.699
// thresholds that know rarity: 6839 rows: macro-F1 0.341 (A), 0.486 (C), micro-F1 0.593, P@1 0.729, P@5 0.397, nDCG@5 0.752
// ... and the neighbours:      6839 rows: macro-F1 0.416 (A), 0.594 (C), micro-F1 0.739, P@1 0.838, P@5 0.435, nDCG@5 0.844
