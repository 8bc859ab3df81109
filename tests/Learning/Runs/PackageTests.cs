using Coverslip.Learning.Inputs;
using Coverslip.Learning.Recipes;
using Coverslip.Learning.Runs;
using Coverslip.Methods;
using Coverslip.Torch;
using Coverslip.Torch.Checkpoints;
using Coverslip.Torch.Tests;

namespace Coverslip.Learning.Tests.Runs;

/// <summary>Packed models that are damaged, or whose parts do not belong together: none predicts in silence.</summary>
[NoTensorLeaks]
public sealed class PackageTests(FinishedRun finished) : IClassFixture<FinishedRun>
{
    [Fact]
    public void Any_flipped_bit_is_refused_by_name()
    {
        var (whole, path) = (File.ReadAllBytes(Packed()), At("flipped.coverslip"));
        var random = new Random(1);
        for (var i = 0; i < 150; i++)
        {
            var flipped = (byte[])whole.Clone();
            // A third of them in the header, whose fields say what the rest means.
            var at = random.Next(i % 3 == 0 ? 8 + BitConverter.ToInt32(whole) : whole.Length);
            flipped[at] ^= (byte)(1 << random.Next(8));
            File.WriteAllBytes(path, flipped);
            var error = Assert.ThrowsAny<InvalidDataException>(() => Load(path));
            Assert.StartsWith(path, error.Message);
        }
    }

    [Fact]
    public void A_file_cut_anywhere_is_refused()
    {
        var (whole, path) = (File.ReadAllBytes(Packed()), At("cut.coverslip"));
        for (var length = 0; length < whole.Length; length += whole.Length / 37)
        {
            File.WriteAllBytes(path, whole[..length]);
            Assert.StartsWith(path, Assert.ThrowsAny<InvalidDataException>(() => Load(path)).Message);
        }
    }

    [Fact]
    public void A_changed_weight_is_told_with_both_hashes()
    {
        var path = At("changed.coverslip");
        var whole = File.ReadAllBytes(Packed());
        whole[^1] ^= 0x40;
        File.WriteAllBytes(path, whole);
        Assert.Matches(
            "the file is damaged: its bytes have the SHA-256 [0-9a-f]{12}…, field 'sha256' of its header says "
                + "[0-9a-f]{12}…; fetch or pack it again$",
            Assert.Throws<InvalidDataException>(() => Load(path)).Message
        );
    }

    [Fact]
    public void A_package_of_an_earlier_version_is_read_and_said_to_have_no_hash()
    {
        using var old = Load(Changed("old.coverslip", Unsealed));
        using var current = Load(Packed());
        using var folder = Load(finished.Folder);
        Assert.Equal((true, false, false), (old.IsUnsealedFile, current.IsUnsealedFile, folder.IsUnsealedFile));
    }

    [Fact]
    public void What_is_no_number_is_told_with_image_and_class()
    {
        var path = Changed("nan.coverslip", Unsealed, weights: w => w.FillInPlace(double.NaN));
        using var model = Load(path);
        var input = new InputOptions
        {
            Form = InputForm.Raw,
            Height = 48,
            Width = 48,
        };
        var set = new PatchSet(finished.Small.Cohort, input, null);
        Assert.StartsWith(
            $"{finished.Small.Cohort.Rows[0].Image}: the model's probability of 'rosettes' is NaN, no number;",
            Assert.Throws<InvalidDataException>(() => model.Predict(set, 5)).Message
        );
    }

    [Fact]
    public void Parts_whose_classes_stand_in_another_order_are_refused()
    {
        var path = Changed(
            "order.coverslip",
            m =>
                m["run-2"] = m["run-2"]
                    .Replace("\"rosettes\"", "\"x\"")
                    .Replace("\"sheets\"", "\"rosettes\"")
                    .Replace("\"x\"", "\"sheets\"")
        );
        Assert.StartsWith(
            $"{path}: part 2 has the classes sheets, rosettes, part 1 rosettes, sheets; their mean would mix them",
            Assert.Throws<InvalidDataException>(() => Load(path)).Message
        );
    }

    [Theory]
    [InlineData("recipe", null, "field 'recipe' of its header is missing")]
    [InlineData("sha256", null, "field 'sha256' of its header is missing")]
    [InlineData("run-2", null, "field 'run-2' of its header is missing")]
    [InlineData("parts", "two", "field 'parts' of its header is 'two'; expected is a whole number from 1")]
    [InlineData(
        "run-1",
        "{\n\"classes\": [",
        "field 'run-1' is no description of a run: its JSON is damaged in line 2"
    )]
    [InlineData("run-1", "[]", "field 'run-1' is no description of a run: it is no object of a run's fields")]
    [InlineData("run-1", "{}", "field 'run-1' is no description of a run: it lacks 'cohort_hash', 'classes'")]
    [InlineData("run-1", """{"cohort_hash":7}""", "field 'cohort_hash' in line 1 is of another kind")]
    public void A_wrong_field_is_named(string field, string? value, string why)
    {
        var path = Changed($"{field}-{value?.Length}.coverslip", m => Set(m, field, value));
        var error = Assert.Throws<InvalidDataException>(() => Load(path)).Message;
        Assert.StartsWith(path, error);
        Assert.Contains(why, error);

        static void Set(Dictionary<string, string> metadata, string field, string? value)
        {
            if (value is null)
                metadata.Remove(field);
            else
                metadata[field] = value;
        }
    }

    [Fact]
    public void Its_recipe_is_held_to_the_limits_of_recipes()
    {
        var path = Changed("deep.coverslip", m => m["recipe"] = $"seed: {new string('[', 200_000)}");
        Assert.Equal(
            $"{path}, line 1: lists and mappings lie 33 deep; at most 32 levels are read",
            Assert.Throws<RecipeException>(() => Load(path)).Message
        );
    }

    private static void Unsealed(Dictionary<string, string> metadata)
    {
        metadata.Remove(SafeTensorsSeal.Key);
        metadata["format"] = "coverslip-model-1";
    }

    private string Packed()
    {
        var path = At("whole.coverslip");
        using var run = Load(finished.Folder);
        run.Pack(path);
        return path;
    }

    /// <summary>A package written anew with other metadata, and other weights of floating point.</summary>
    private string Changed(string name, Action<Dictionary<string, string>> change, Action<Tensor>? weights = null)
    {
        var (source, path) = (Packed(), At(name));
        using var scope = new TensorScope();
        var metadata = SafeTensors.ReadMetadata(source).ToDictionary();
        change(metadata);
        var tensors = SafeTensors.Read(source);
        foreach (var tensor in tensors.Values.Where(t => t.DType == DType.Float32))
            weights?.Invoke(tensor);
        SafeTensors.Write(path, tensors.Select(t => (t.Key, t.Value)), metadata);
        return path;
    }

    private static TrainedModel Load(string path) => TrainedModel.Load(path, Known.Methods, Device.Cpu);

    private string At(string name) => Path.Combine(finished.Small.Folder, name);
}
