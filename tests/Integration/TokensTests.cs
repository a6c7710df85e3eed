using System.Text;
using Microsoft.ML.Tokenizers;
using NUnit.Framework;

namespace Limen.Integration;

/// <summary>What terms are made of, from C#.</summary>
public sealed class TokensTests
{
    private static AdaptiveThresholdModel Fit(Tokens tokens) => Builder(tokens).Fit(TextProblem.Train, TextProblem.Validation);

    private static AdaptiveThresholdModelBuilder Builder(Tokens tokens) =>
        AdaptiveThresholdModel.Builder().WithScorers(Scorers.Linear()).WithVectoriser(new() { Tokens = tokens });

    private static IEnumerable<string> Spaces(string text) => text.Split(' ');

    [Test]
    public void A_tokeniser_of_ones_own_is_given_again_where_its_model_is_loaded()
    {
        var model = Fit(Tokens.Of(Spaces));
        using var folder = new TemporaryFolder();
        var path = Path.Combine(folder.Path, "model");
        model.Save(path);
        var refusal = Assert.Throws<ModelFormatException>(() => AdaptiveThresholdModel.Load(path))!;
        Assert.That(refusal.Reason, Does.Contain("a tokeniser of one's own"));
        var again = AdaptiveThresholdModel.Load(path, Spaces);
        Same.Predictions(model.Predict(TextProblem.Test), again.Predict(TextProblem.Test));
    }

    [Test]
    public void A_model_of_characters_within_words_is_saved_and_says_what_was_chosen()
    {
        var model = Fit(Tokens.Characters(3, 5));
        using var folder = new TemporaryFolder();
        var path = Path.Combine(folder.Path, "model");
        model.Save(path);
        var again = AdaptiveThresholdModel.Load(path);
        Same.Predictions(model.Predict(TextProblem.Test), again.Predict(TextProblem.Test));
        Assert.That(again.Vectorisers.Select(o => (o.MinDocumentFrequency, o.LongestTerm)), Is.EqualTo(new (int?, int?)[] { (1, 1) }));
    }

    [Test]
    public void A_tokeniser_of_MicrosoftMLTokenizers_is_one_of_ones_own()
    {
        string[] pieces = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "the", "open", "##s", "file", "##0", "##1"];
        var wordPieces = WordPieceTokenizer.Create(new MemoryStream(Encoding.UTF8.GetBytes(string.Join('\n', pieces))));
        var model = Fit(Tokens.Of(text => wordPieces.EncodeToTokens(text, out _).Select(token => token.Value)));
        var texts = new[] { "opens the file0", "opens the file1" };
        var cut = texts.Select(text => wordPieces.EncodeToTokens(text, out _).Select(token => token.Value));
        Assert.That(cut.First(), Is.EqualTo(new[] { "open", "##s", "the", "file", "##0" }));
        Assert.That(Fit(Tokens.Of(text => text.Split(' '))).Predict(texts)[0].Candidates[0].Score, Is.Not.EqualTo(model.Predict(texts)[0].Candidates[0].Score));
    }
}
