using Coverslip.Tests;
using Coverslip.Torch.Checkpoints;
using Coverslip.Torch.Layers;

namespace Coverslip.Torch.Tests.Checkpoints;

[NoTensorLeaks]
public sealed class WeightsFileTests
{
    private static string File(string name) => Path.Combine(TestData.Root, "tests", "Torch", "golden", name);

    [Theory]
    [InlineData("state.pth")]
    [InlineData("nested.pth")]
    [InlineData("old.pth")]
    public void PyTorchs_checkpoints_load_by_name(string name)
    {
        using var scope = new TensorScope();
        using var store = new ParameterStore(TestDevice.Current);
        var conv = new Conv2d(store.Root / 0, 1, 2, 3);
        _ = new BatchNorm2d(store.Root / 1, 2);
        store.Load(WeightsFile.Read(File(name), TestDevice.Current));
        Assert.Equal(Enumerable.Range(0, 18).Select(i => (float)i), conv.Weight.ToArray<float>());
        Assert.Equal([0f, 1], store["1.running_var"].ToArray<float>());
    }

    [Fact]
    public void Views_into_one_storage_and_other_types_come_out_right()
    {
        using var scope = new TensorScope();
        var tensors = WeightsFile.Read(File("views.pth"), TestDevice.Current);
        Assert.Equal(["bf16", "bool", "column", "parameter", "turned", "whole"], tensors.Keys.Order());
        Assert.Equal([0f, 1, 2, 3, 4, 5], tensors["whole"].ToArray<float>());
        Assert.Equal([1f, 4], tensors["column"].ToArray<float>());
        Assert.Equal([0f, 3, 1, 4, 2, 5], tensors["turned"].ToArray<float>());
        Assert.Equal([1f, 1], tensors["parameter"].ToArray<float>());
        Assert.Equal([true, false], tensors["bool"].ToArray<bool>());
        Assert.Equal(1.5, tensors["bf16"].Item());
        tensors["column"].FillInPlace(9);
        Assert.Equal(1, tensors["whole"].Select(0, 0).Select(0, 1).Item());
    }

    [Fact]
    public void Safetensors_are_known_by_content()
    {
        using var scope = new TensorScope();
        Assert.Contains("conv/out", WeightsFile.Read(File("golden.safetensors")).Keys);
    }

    [Fact]
    public void A_checkpoint_of_Python_2_and_the_first_PyTorch_is_read()
    {
        using var scope = new TensorScope();
        var (old, older) = (WeightsFile.Read(File("old.pth")), WeightsFile.Read(File("older.pth")));
        Assert.Equal(old.Keys.Where(k => k != "1.num_batches_tracked"), older.Keys);
        Assert.Equal([2L, 1, 3, 3], older["0.weight"].Shape);
        foreach (var (key, value) in older)
            Assert.Equal(old[key].ToArray<float>(), value.ToArray<float>());
    }

    [Theory]
    [InlineData("state.pth")]
    [InlineData("old.pth")]
    [InlineData("older.pth")]
    public void A_damaged_checkpoint_is_read_or_named_and_never_worse(string name)
    {
        var path = Path.GetTempFileName();
        try
        {
            var bytes = System.IO.File.ReadAllBytes(File(name));
            var random = new Random(1);
            var refused = 0;
            for (var i = 0; i < 1000; i++)
            {
                var damaged = i < 50 ? bytes[..random.Next(1, bytes.Length)] : [.. bytes];
                for (var k = 0; k < 3 && i >= 50; k++)
                    damaged[random.Next(4, damaged.Length)] = (byte)random.Next(256);
                System.IO.File.WriteAllBytes(path, damaged);
                using var scope = new TensorScope();
                try
                {
                    WeightsFile.Read(path);
                    Assert.True(i >= 50, $"a file cut off at {damaged.Length} bytes was read");
                }
                catch (InvalidDataException error)
                {
                    Assert.StartsWith(path, error.Message);
                    refused++;
                }
            }
            Assert.True(refused > 200, $"{refused} refused");
        }
        finally
        {
            System.IO.File.Delete(path);
        }
    }
}
