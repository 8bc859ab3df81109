using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Coverslip.Files;
using Coverslip.Learning.SlidePatches;

namespace Coverslip.Learning.SlideWalk;

/// <summary>
/// A JSON file beside what was predicted of a slide: the slide is finished when it is there. Its <c>key</c> stands for all
/// that the prediction depends on.
/// </summary>
public static class SlideRecord
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    /// <summary>SHA-256 of the slide's contents and of whatever else a prediction depends on, such as the model.</summary>
    public static string Key(string slide, params IEnumerable<string> others) =>
        Convert.ToHexStringLower(
            SHA256.HashData(Encoding.UTF8.GetBytes($"{SlideContents.Of(slide)}\n{string.Join('\n', others)}"))
        );

    /// <summary>The record of a finished slide; null where there is none.</summary>
    /// <exception cref="InvalidDataException">The file is damaged.</exception>
    public static JsonObject? Read(string path)
    {
        if (!File.Exists(path))
            return null;
        try
        {
            var record = JsonNode.Parse(File.ReadAllText(path))!.AsObject();
            _ = record["key"]!.GetValue<string>();
            return record;
        }
        catch (Exception error) when (error is JsonException or NullReferenceException or InvalidOperationException)
        {
            throw new InvalidDataException(
                $"{path} is damaged; remove it, so that the slide is predicted again",
                error
            );
        }
    }

    /// <summary>The record of a slide that was finished with this key; null where it was not.</summary>
    /// <exception cref="InvalidDataException">It was finished with another key, or the file is damaged.</exception>
    public static JsonObject? Finished(string path, string key)
    {
        var record = Read(path);
        return record is null || record["key"]!.GetValue<string>() == key
            ? record
            : throw new InvalidDataException(
                $"{path} is of another slide or model, or of other settings; name another folder, or remove it to "
                    + "predict the slide again"
            );
    }

    /// <summary>Writes a record; with it the slide is finished.</summary>
    internal static void Write(string path, string key, JsonObject record)
    {
        record.Insert(0, "key", key);
        WholeFile.Write(path, record.ToJsonString(Indented) + "\n");
    }
}
