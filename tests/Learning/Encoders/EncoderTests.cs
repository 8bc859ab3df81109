using Coverslip.Learning.Backbones;
using Coverslip.Learning.Encoders;
using Coverslip.Slides.Images;
using Coverslip.Torch;
using Coverslip.Torch.Checkpoints;
using Coverslip.Torch.Layers;
using Coverslip.Torch.Tests;

namespace Coverslip.Learning.Tests.Encoders;

/// <summary>Encoders: names, layers, sizes, types, identity.</summary>
[NoTensorLeaks, Collection("box")]
public sealed class EncoderTests(BoxedResNetFile box)
{
    private static readonly EncoderOptions Small = new() { Size = (64, 96) };

    [Fact]
    public void Joined_layers_are_the_layers_one_after_the_other()
    {
        using var scope = new TensorScope();
        var images = Tensor.From(GoldenBackbone.Draw("images", 2 * 3 * 64 * 96, 0.5, 0.5), 2, 3, 64, 96);
        float[] Of(params string[] layers)
        {
            using var encoder = Encoder.Open(box.Named, Small with { Layers = layers });
            Assert.Equal(layers, encoder.Layers);
            var features = encoder.Encode(images);
            Assert.Equal([2L, encoder.Features], features.Shape);
            return features.Select(0, 1).ToArray<float>();
        }
        var parts = new[] { "layer2", "layer3", "layer4" }.Select(layer => Of(layer)).ToArray();
        Assert.Equal([128, 256, 512], parts.Select(p => p.Length));
        Assert.Equal(parts.SelectMany(p => p), Of("layer2", "layer3", "layer4"));
    }

    [Fact]
    public void Deviations_stand_behind_means_and_are_nothing_where_a_map_is_one_pixel()
    {
        using var scope = new TensorScope();
        var images = Tensor.From(GoldenBackbone.Draw("images", 3 * 64 * 96, 0.5, 0.5), 1, 3, 64, 96);
        float[] Of(bool deviations, Tensor image, (int, int) size)
        {
            using var encoder = Encoder.Open(box.Named, new EncoderOptions { Size = size, Deviations = deviations });
            Assert.Equal(deviations, encoder.Identity.Contains("layer4 with deviations", StringComparison.Ordinal));
            return encoder.Encode(image).ToArray<float>();
        }
        var both = Of(true, images, (64, 96));
        Assert.Equal(Of(false, images, (64, 96)), both[..512]);
        Assert.All(both[512..], d => Assert.True(d >= 0));
        Assert.Contains(both[512..], d => d > 0.1);
        var small = Tensor.From(GoldenBackbone.Draw("small", 3 * 32 * 32, 0.5, 0.5), 1, 3, 32, 32); // layer4 is 1 × 1
        Assert.All(Of(true, small, (32, 32))[512..], d => Assert.Equal(0, d));
        Assert.Contains(
            "vit-s-16 has no maps",
            Assert
                .Throws<ArgumentException>(() =>
                    Encoder
                        .Open($"vit-s-16={box.Named.Split('=')[1]}", new EncoderOptions { Deviations = true })
                        .Dispose()
                )
                .Message
        );
    }

    /// <summary>An image's features are the same whatever is beside it, and whoever scales it.</summary>
    [Fact]
    public void Features_do_not_depend_on_the_batch_and_images_are_resized_and_scaled()
    {
        using var encoder = Encoder.Open(box.Named, Small with { Batch = 2 });
        Image[] images =
        [
            .. Enumerable.Range(0, 5).Select(i => Painted(96, 64, i)),
            Painted(200, 100, 1),
            Painted(96, 64, 2, channels: 1),
        ];
        var all = encoder.Encode(images);
        Assert.All(all, f => Assert.Equal(encoder.Features, f.Length));
        var alone = encoder.Encode([images[3]])[0];
        var off = all[3].Zip(alone, (a, b) => Math.Abs(a - b)).Max();
        Assert.True(off <= 1e-5 * alone.Max(), $"off by {off}");
        Assert.Equal(all, encoder.Encode(images));

        using var resized = Transforms.Resize(images[5], 96, 64);
        Assert.Equal(all[5], encoder.Encode([resized, images[5]])[1]);
        using var color = Image.From([.. images[6].Pixels.ToArray().SelectMany(p => new[] { p, p, p })], 96, 64);
        Assert.Equal(encoder.Encode([color])[0], encoder.Encode([images[6]])[0]);
        Assert.Empty(encoder.Encode([]));
        foreach (var image in images)
            image.Dispose();
    }

    [Fact]
    public void In_bfloat16_features_stay_close()
    {
        using var scope = new TensorScope();
        var images = Tensor.From(GoldenBackbone.Draw("images", 3 * 64 * 96, 0.5, 0.5), 1, 3, 64, 96);
        float[] Of(DType type)
        {
            using var encoder = Encoder.Open(box.Named, Small with { Type = type });
            return encoder.Encode(images).ToArray<float>();
        }
        var (exact, rounded) = (Of(DType.Float32), Of(DType.BFloat16));
        var off = Math.Sqrt(exact.Zip(rounded, (a, b) => Math.Pow(a - b, 2)).Sum() / exact.Sum(a => (double)a * a));
        Assert.InRange(off, 1e-5, 0.03);
    }

    /// <summary>The same weights from torch.save's format are the same encoder; other options are another.</summary>
    [Fact]
    public void The_identity_names_all_that_decides_the_features()
    {
        var weights = box.Named.Split('=')[1];
        var copy = Path.Combine(box.Folder, "copy.safetensors");
        using (var scope = new TensorScope())
            SafeTensors.Write(copy, SafeTensors.Read(weights).Reverse().Select(p => (p.Key, p.Value)));
        string Of(string named, EncoderOptions options)
        {
            using var encoder = Encoder.Open(named, options);
            return encoder.Identity;
        }
        var identity = Of(box.Named, Small);
        Assert.Matches(
            "^resnet-18 [0-9a-f]{16} layer4 64x96 0.48[^ ]*,0.45[^ ]*,0.40[^ ]*/0.229,0.224,0.225 Float32$",
            identity
        );
        Assert.Equal(identity, Of($"resnet-18={copy}", Small));
        EncoderOptions[] others =
        [
            Small with
            {
                Layers = ["layer3"],
            },
            Small with
            {
                Size = (96, 64),
            },
            Small with
            {
                Type = DType.BFloat16,
            },
            Small with
            {
                Scale = InputScale.Symmetric,
            },
        ];
        Assert.Equal(5, others.Select(o => Of(box.Named, o)).Append(identity).Distinct().Count());
    }

    [Fact]
    public void What_cannot_be_opened_says_what_can()
    {
        string Refused<T>(string named, EncoderOptions? options = null)
            where T : Exception => Assert.Throws<T>(() => Encoder.Open(named, options).Dispose()).Message;
        var weights = box.Named.Split('=')[1];
        Assert.StartsWith(
            "there is no encoder 'resnet18'; the nearest is 'resnet-18' of resnet-18, uni, ",
            Refused<ArgumentException>("resnet18")
        );
        Assert.Equal(
            $"'{weights}' is a file; say of which encoder, as NAME={weights}; 'coverslip encoders' lists the names. Networks whole end in .onnx, .ts, .pt, .torchscript",
            Refused<ArgumentException>(weights)
        );
        Assert.Equal(
            "uni: its weights are not here (https://huggingface.co/MahmoodLab/UNI, license CC-BY-NC-ND-4.0); put them as uni.safetensors or .pth into a folder and set COVERSLIP_ENCODERS to it, or name the file: uni=FILE",
            Refused<FileNotFoundException>("uni")
        );
        Assert.Equal(
            "none.pth: there is no such file of uni's weights; they are published at https://huggingface.co/MahmoodLab/UNI",
            Refused<FileNotFoundException>("uni=none.pth")
        );
        Assert.Equal(
            "resnet-18 has no layer 'layer5'; the nearest is 'layer1' of relu, maxpool, layer1, layer2, layer3, layer4",
            Refused<ArgumentException>(box.Named, new EncoderOptions { Layers = ["layer5"] })
        );
        Assert.Contains(
            "does not hold resnet-18-torchvision: the weights do not fit the network: unexpected 'layer4.2.",
            Refused<TorchException>($"resnet-18-torchvision={weights}")
        );
    }

    /// <summary>Every vision transformer's declared numbers are its network's; of a giant one without its weights.</summary>
    [Fact]
    public void Declared_features_are_the_networks()
    {
        Assert.All(
            KnownEncoders.All.Where(k => k.Transformer is not null),
            kind =>
            {
                var network = kind.Transformer!;
                Assert.Equal(kind.Pooling == TokenPooling.Class ? network.Width : 2 * network.Width, kind.Features);
                Assert.Equal((0, 0), (network.Width % network.Heads, kind.Side % network.Patch));
                Assert.True(network.Placed == 0 || network.Placed == 1 || network.Placed == network.Leading);
            }
        );
        Assert.All(
            KnownEncoders.All.Where(k => k.Backbone is not null),
            kind =>
            {
                using var store = new ParameterStore { Unfilled = true };
                Assert.Equal(
                    kind.Features,
                    kind.Backbone!.Build(store.Root, new BackboneOptions { Classes = 0 }).Channels
                );
            }
        );
        Assert.Equal(KnownEncoders.All.Count, KnownEncoders.All.Select(k => k.Name).Distinct().Count());
    }

    /// <summary>Class token, and the mean of the patches behind it: of a small network of the kind's form.</summary>
    [Fact]
    public void Virchows_features_are_the_class_token_and_the_mean_of_the_patches()
    {
        using var scope = new TensorScope();
        using var store = new ParameterStore();
        var kind = KnownEncoders.Named("virchow2") with
        {
            Transformer = KnownEncoders.Named("virchow2").Transformer! with
            {
                Width = 64,
                Depth = 2,
                Heads = 2,
                Hidden = 96,
            },
        };
        var encoder = new TokenEncoder(store.Root, kind);
        GoldenBackbone.Fill(store);
        using var off = new NoGradient();
        var images = GoldenBackbone.Input(1, 3, 28, 42);
        var features = encoder.Forward(images, ["blocks.1"])["blocks.1"].ToArray<float>();

        using var again = new ParameterStore();
        var network = new VisionTransformer(again.Root, kind.Transformer!);
        GoldenBackbone.Fill(again);
        var tokens = network.Forward(images).ToArray<float>();
        Assert.Equal((1 + 4 + 6) * 64, tokens.Length);
        Assert.Equal(tokens[..64], features[..64]);
        for (var i = 0; i < 64; i++)
            Assert.Equal(Enumerable.Range(5, 6).Average(t => tokens[t * 64 + i]), features[64 + i], 1e-5f);
    }

    private static Image Painted(int width, int height, int seed, int channels = 3)
    {
        var drawn = GoldenBackbone.Draw($"image {seed}", width * height * channels, 100, 128);
        return Image.From([.. drawn.Select(v => (byte)v)], width, height, channels);
    }
}
