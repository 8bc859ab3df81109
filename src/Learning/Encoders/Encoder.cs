using System.Globalization;
using Coverslip.Files;
using Coverslip.Learning.Backbones;
using Coverslip.Slides.Images;
using Coverslip.Torch;
using Coverslip.Torch.Checkpoints;
using Coverslip.Torch.Layers;

namespace Coverslip.Learning.Encoders;

/// <summary>
/// A pre-trained network left as it is, with the preprocessing that its weights want: images in, features out. Equal
/// images give equal features, run by run. One thread at a time may use it.
/// </summary>
public sealed class Encoder : IDisposable
{
    private readonly ParameterStore store;
    private readonly IEncoderNetwork network;
    private readonly EncoderOptions options;
    private readonly Lazy<string> hash;

    private Encoder(EncoderKind kind, string file, EncoderOptions options)
    {
        (Kind, File, this.options) = (kind, file, options);
        store = new ParameterStore(options.Device) { Unfilled = true, Training = false };
        try
        {
            network =
                kind.Backbone is { } backbone ? new MapEncoder(store.Root, backbone, options.Deviations)
                : options.Deviations
                    ? throw new ArgumentException(
                        $"{kind.Name} has no maps whose deviations could stand beside their means; leave deviations out"
                    )
                : kind.Whole is { } whole ? whole.Open(options, Size)
                : new TokenEncoder(store.Root, kind);
            Layers = Chosen();
            network.Load(file);
            hash = new(() => kind.Whole?.Hash() ?? SafeTensors.Hash(store.All));
            Features = network.Count(Layers);
            store.ToChannelsLast();
            store.Fold(options.Type);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>What it is.</summary>
    public EncoderKind Kind { get; }

    /// <summary>The file that its weights are of.</summary>
    public string File { get; }

    /// <summary>Layers whose features are joined.</summary>
    public IReadOnlyList<string> Layers { get; }

    /// <summary>Numbers of an image, D.</summary>
    public int Features { get; }

    /// <summary>Height and width that images are brought to, in pixels.</summary>
    public (int Height, int Width) Size => options.Size ?? (Kind.Side, Kind.Side);

    /// <summary>SHA-256 of the weights, whichever file format they come from; of a network whole, of its file.</summary>
    public string Hash => hash.Value;

    /// <summary>
    /// What decides the features, in one line: name, weights, layers, size, scale, element type. Features of other
    /// identities do not belong together.
    /// </summary>
    public string Identity =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{Kind.Name} {Hash[..16]} {string.Join('+', Layers)}{(options.Deviations ? " with deviations" : "")} {Size.Height}x{Size.Width} {string.Join(',', Scale.Mean)}/{string.Join(',', Scale.Deviation)} {options.Type}{Kind.Whole?.Told}"
        );

    private InputScale Scale => options.Scale ?? Kind.Scale;

    /// <summary>Opens an encoder as it is named, with its weights.</summary>
    /// <param name="named">
    /// <c>NAME</c>, whose file <see cref="WeightsFolder"/> finds, <c>NAME=FILE</c>, or a network whole
    /// (<see cref="EncoderWord"/>); <see cref="KnownEncoders"/> has the names.
    /// </param>
    /// <param name="options">Layers, size, device, element type.</param>
    /// <exception cref="ArgumentException">Unknown name, layer, or a size that the network cannot take.</exception>
    /// <exception cref="FileNotFoundException">Its weights are nowhere; the message says where they are
    /// published.</exception>
    /// <exception cref="TorchException">The file holds another network.</exception>
    /// <exception cref="InvalidDataException">A network whole cannot be opened, or takes or gives something else.</exception>
    public static Encoder Open(string named, EncoderOptions? options = null)
    {
        var kind = EncoderWord.Kind(named);
        var file = EncoderWord.File(named);
        return new Encoder(kind, file is null ? Own(kind) : Given(file, kind), options ?? new EncoderOptions());
    }

    /// <summary>Features of images that are scaled to [0, 1] and of one size.</summary>
    /// <param name="images">[B, 3, H, W] in [0, 1], red, green, blue, on any device.</param>
    /// <returns>[B, <see cref="Features"/>], float32, on the encoder's device.</returns>
    public Tensor Encode(Tensor images)
    {
        using var scope = new TensorScope();
        using var inference = new Inference();
        var parts = new List<Tensor>();
        for (long from = 0; from < images.Size(0); from += options.Batch)
            parts.Add(EncodeBatch(images.Narrow(0, from, Math.Min(options.Batch, images.Size(0) - from))));
        return scope.Keep(parts.Count == 1 ? parts[0] : Tensor.Cat([.. parts], 0));
    }

    /// <summary>Features of images of any size, each brought to <see cref="Size"/>.</summary>
    /// <param name="images">8-bit, gray or color.</param>
    /// <returns>Of each image <see cref="Features"/> numbers.</returns>
    public float[][] Encode(IReadOnlyList<Image> images)
    {
        var features = new List<float[]>(images.Count);
        foreach (var batch in images.Chunk(options.Batch))
        {
            using var scope = new TensorScope();
            features.AddRange(Encode(ImageTensors.Of(batch, Size)).ToArray<float>().Chunk(Features));
        }
        return [.. features];
    }

    public void Dispose()
    {
        store.Dispose();
        (network as IDisposable)?.Dispose();
    }

    private Tensor EncodeBatch(Tensor images)
    {
        using var scope = new TensorScope();
        var x = Scale.Of(images.To(options.Device, DType.Float32));
        var found = network.Forward(x.Contiguous(MemoryFormat.ChannelsLast), Layers.ToHashSet());
        return scope.Keep(Tensor.Cat([.. Layers.Select(layer => found[layer].To(DType.Float32))], 1));
    }

    private IReadOnlyList<string> Chosen()
    {
        if (options.Layers.Count == 0)
            return Kind.Whole is null || network.Layers.Count == 1
                ? [network.Layers[^1]]
                : throw new ArgumentException(
                    $"{File} has several outputs: {string.Join(", ", network.Layers)}; say which are taken, as layers (features.layers, --layers)"
                );
        foreach (var layer in options.Layers)
            if (!network.Layers.Contains(layer))
                throw new ArgumentException(
                    $"{Kind.Name} has no layer '{layer}'; {NearestName.Among(layer, network.Layers)}"
                );
        return options.Layers;
    }

    private static string Own(EncoderKind kind) =>
        WeightsFolder.Find(kind.Name)
        ?? throw new FileNotFoundException(
            $"{kind.Name}: its weights are not here ({kind.Published}, license {kind.License}); put them as {kind.Name}.safetensors or .pth into a folder and set {WeightsFolder.Variable} to it, or name the file: {kind.Name}=FILE"
        );

    private static string Given(string file, EncoderKind kind) =>
        System.IO.File.Exists(file)
            ? file
            : throw new FileNotFoundException(
                $"{file}: there is no such file of {kind.Name}'s weights; they are published at {kind.Published}"
            );
}
