using System.Text;
using System.Text.Json;
using Coverslip.Files;
using Coverslip.Torch;
using Coverslip.Torch.Scripts;

namespace Coverslip.Learning.Runs;

/// <summary>What a folder for WSInfer is to hold of a run.</summary>
public sealed record WsInferOptions
{
    /// <summary>The one part to take, from 1; null (default): the mean of all.</summary>
    public int? Part { get; init; }

    /// <summary>Of a model of findings: the one to tell; null (default) where it knows but one.</summary>
    public string? Finding { get; init; }

    /// <summary>Microns per pixel of the training images as stored; null (default): as the run says.</summary>
    public double? Mpp { get; init; }

    /// <summary>What the network is called; empty by default.</summary>
    public string Architecture { get; init; } = "";
}

/// <summary>
/// A run as a folder that WSInfer and QuPath's WSInfer extension take (Kaczmarzyk et al. 2024, "Open and reusable deep
/// learning for pathology with WSInfer and QuPath"): <c>torchscript_model.pt</c>, images [B, 3, H, W] in [0, 1] to logits
/// [B, classes], and <c>config.json</c> as their model zoo's schema 1.0 wants it. Everything that the run does to pixels
/// of the network's size is inside the recorded network, and logits are logarithms of probabilities, so that their softmax
/// is what <c>predict</c> says.
/// </summary>
public static class WsInferFolder
{
    private const string Network = "torchscript_model.pt",
        Configuration = "config.json";

    // A float's logarithm of 0 would be minus infinity, and its softmax no number.
    private const double LeastProbability = 1e-30;

    // float32 sums in another order: what libtorch's operators and the fast ones may differ by.
    private const double Tolerance = 1e-3;

    /// <summary>Writes the two files, and opens the network again to see that it says the same.</summary>
    /// <param name="folder">A new or empty folder, or one of an earlier call.</param>
    /// <param name="model">The run, on the processor.</param>
    /// <param name="options">What of it.</param>
    /// <exception cref="InvalidOperationException">Such a run cannot be written so; the message says why.</exception>
    /// <exception cref="IOException">The folder holds other files.</exception>
    public static void Write(string folder, TrainedModel model, WsInferOptions options)
    {
        var (description, input) = (model.Description, model.Recipe.Input);
        if (input.Height != input.Width)
            throw new InvalidOperationException(
                $"this run cannot be written for WSInfer: its images are {input.Width}×{input.Height}, and WSInfer's are square; train one with equal height and width"
            );
        var run = new RecordedRun(model, options.Part, options.Finding, "WSInfer");
        var spacing = WindowScale.MppOf(description, options.Mpp) / WindowScale.Of(description);
        Clear(folder);
        foreach (var store in run.Stores)
        {
            store.Training = false;
            if (store.Folded is not null)
                store.Fold(DType.Float32); // a run in bfloat16 is recorded, and compared, in float32
        }
        using var scope = new TensorScope();
        using var off = new NoGradient();
        Tensor Logits(Tensor images) => run.Probabilities(images).Clamp(LeastProbability).Log(); // [B, classes]
        var path = Path.Combine(folder, Network);
        long[] shape = [2, 3, input.Height, input.Width];
        TorchScript.Save(path, run.Stores, inputs => [Logits(inputs[0])], [Tensor.Rand(shape)]);
        Check(path, Logits, [shape[0] + 1, .. shape[1..]]);
        WholeFile.Write(
            Path.Combine(folder, Configuration),
            stream => Write(stream, run.Classes, input.Width, spacing, options.Architecture)
        );
    }

    private static void Clear(string folder)
    {
        if (File.Exists(folder))
            throw new IOException($"{folder} is a file; name a folder");
        Directory.CreateDirectory(folder);
        var other = Directory
            .EnumerateFileSystemEntries(folder)
            .Select(f => Path.GetFileName(f))
            .FirstOrDefault(f => f is not (Network or Configuration));
        if (other is not null)
            throw new IOException($"{folder} holds other files ({other}); name a new or an empty folder");
        var (network, configuration) = (Path.Combine(folder, Network), Path.Combine(folder, Configuration));
        if ((File.Exists(network) || File.Exists(configuration)) && !IsOwn(configuration))
            throw new IOException(
                $"{folder} holds {(File.Exists(configuration) ? Configuration : Network)}, which no earlier call wrote so; "
                    + "nothing was written over it. Name a new or an empty folder"
            );
    }

    /// <summary>Whether a configuration is what is written here, to the byte: the model zoo's have the same keys.</summary>
    private static bool IsOwn(string configuration)
    {
        if (!File.Exists(configuration))
            return false;
        try
        {
            var text = TextFile.Read(configuration);
            using var json = JsonDocument.Parse(text);
            var root = json.RootElement;
            using var again = new MemoryStream();
            Write(
                again,
                [.. root.GetProperty("class_names").EnumerateArray().Select(name => name.GetString() ?? "")],
                root.GetProperty("patch_size_pixels").GetInt32(),
                root.GetProperty("spacing_um_px").GetDouble(),
                root.GetProperty("architecture").GetString() ?? ""
            );
            return Encoding.UTF8.GetString(again.ToArray()) == text;
        }
        // Another kind of JSON, or none.
        catch (Exception error)
            when (error
                    is JsonException
                        or KeyNotFoundException
                        or InvalidOperationException
                        or FormatException
                        or InvalidDataException
            )
        {
            return false;
        }
    }

    private static void Check(string path, Func<Tensor, Tensor> logits, long[] shape)
    {
        using var script = TorchScript.Load(path);
        var images = Tensor.Rand(shape);
        var (own, read) = (logits(images).Exp(), script.Run(images)[0].Exp());
        var off = (own - read).Abs().Max().Item();
        if (!(off <= Tolerance))
            throw new InvalidDataException(
                FormattableString.Invariant(
                    $"{path}: the recorded network's probabilities differ from the model's by {off:0.######}, at most {Tolerance} is float32's; please report this"
                )
            );
    }

    private static void Write(
        Stream stream,
        IReadOnlyList<string> classes,
        int side,
        double spacing,
        string architecture
    )
    {
        using var json = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = true });
        json.WriteStartObject();
        json.WriteString("spec_version", "1.0");
        json.WriteString("architecture", architecture);
        json.WriteNumber("num_classes", classes.Count);
        json.WriteNumber("patch_size_pixels", side);
        json.WriteNumber("spacing_um_px", Math.Round(spacing, 6));
        json.WriteStartArray("class_names");
        foreach (var name in classes)
            json.WriteStringValue(name);
        json.WriteEndArray();
        json.WriteStartArray("transform");
        json.WriteStartObject();
        json.WriteString("name", "Resize"); // QuPath's tiles may be a pixel off
        json.WriteStartObject("arguments");
        json.WriteNumber("size", side);
        json.WriteEndObject();
        json.WriteEndObject();
        json.WriteStartObject();
        json.WriteString("name", "ToTensor");
        json.WriteEndObject();
        json.WriteEndArray();
        json.WriteEndObject();
    }
}
