using System.Text;
using NUnit.Framework;

namespace Limen.Integration;

/// <summary>A settings file that is not as it should be is refused, by name and with what was expected.</summary>
public sealed class SettingsFileTests
{
    [TestCase("""{"seed": 1, "Seed": 2}""", "expected each name once, found one twice in line 1")]
    [TestCase("""{"seed": 1.5}""", "seed: expected a whole number, found something else in line 1")]
    [TestCase("""{"averagedScores": "yes"}""", "averagedScores: expected true or false, found something else in line 1")]
    [TestCase("""{"scorers": "linear"}""", "scorers: expected a list of texts, found something else in line 1")]
    [TestCase("""{"scorers": ["linear", null]}""", "scorers: expected texts, found null among them")]
    [TestCase("""{"exclusive": [["a", null]]}""", "exclusive: expected texts, found null among them")]
    [TestCase("""{"exclusive": [null]}""", "exclusive: expected texts, found null among them")]
    [TestCase("""{"thresholds": {"a": 1e999}}""", "thresholds: expected a finite number for \"a\", found Infinity")]
    [TestCase("""{"thresholds": {"a": null}}""", "thresholds: expected a number for each label, in braces, found something else in line 1")]
    [TestCase("null", "expected settings in braces, found null")]
    [TestCase("{", "expected JSON settings, found what is no JSON in line 2")]
    [TestCase("[1]", "expected JSON settings, found something else in line 1")]
    [TestCase("""{"objective": "\ud800"}""", "objective: expected text in quotes, found half a character in line 1")]
    [TestCase("""{"\ud800": 1}""", "expected JSON settings, found half a character in line 1")]
    [TestCase("""{"seed": 1 2}""", "expected JSON settings, found what is no JSON in line 1")]
    public void A_fault_of_a_file_is_named(string json, string fault)
    {
        using var folder = new TemporaryFolder();
        var path = folder.Write("settings.json", json);
        var e = Assert.Throws<ModelConfigurationException>(() => ModelSettings.Load(path))!;
        Assert.That(e.Faults, Is.EqualTo([$"{path}: {fault}"]));
    }

    [Test]
    public void Bytes_that_are_no_UTF8_are_refused()
    {
        using var folder = new TemporaryFolder();
        var path = folder.Write("settings.json", "");
        File.WriteAllBytes(path, Encoding.Latin1.GetBytes("""{"only": ["é"]}"""));
        var e = Assert.Throws<ModelConfigurationException>(() => ModelSettings.Load(path))!;
        Assert.That(e.Faults, Is.EqualTo([$"{path}: expected text in UTF-8, found bytes of another encoding from byte 12 on"]));
    }

    [TestCase("epochs=2) + values(patience=3", "network: expected the end or \",\" at character 9 of \"epochs=2) + values(patience=3\", found \")\"")]
    [TestCase("epochs=2, ", "network: expected a name or a number at character 11 of \"epochs=2, \", found the end")]
    public void Values_end_where_they_end(string network, string fault) =>
        Assert.That(
            Assert.Throws<ModelConfigurationException>(() => new ModelSettings { Network = network }.Builder())!.Faults,
            Is.EqualTo([fault]));

    [Test]
    public void Values_that_a_file_cannot_have_are_refused_before_it_is_written()
    {
        using var folder = new TemporaryFolder();
        var path = folder.Write("settings.json", "{}");
        var settings = new ModelSettings { Thresholds = new Dictionary<string, double> { ["a"] = double.NaN }, Scorers = [null!] };
        var e = Assert.Throws<ModelConfigurationException>(() => settings.Save(path))!;
        Assert.That(e.Faults, Is.EqualTo(["scorers: expected texts, found null among them", "thresholds: expected a finite number for \"a\", found NaN"]));
        Assert.That(File.ReadAllText(path), Does.StartWith("{}"));
        Assert.Throws<ModelConfigurationException>(() => settings.Builder());
    }
}
