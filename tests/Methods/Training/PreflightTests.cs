using Coverslip.Methods.SagaNet;
using Coverslip.Methods.Training;
using Coverslip.Torch;
using Coverslip.Torch.Tests;

namespace Coverslip.Methods.Tests.Training;

[NoTensorLeaks]
public sealed class PreflightTests
{
    [Fact]
    public void The_largest_batch_fits_and_one_more_image_does_not()
    {
        var preflight = new Preflight(1, MemoryPerImage: 100, MemoryFixed: 1000, MemoryAvailable: 1999, Disk: 1, StepSeconds: 1);
        Assert.Equal(9, preflight.LargestBatch);
        Assert.InRange(preflight.MemoryAvailable, preflight.Memory(9), preflight.Memory(10) - 1);
        Assert.Equal(0, (preflight with { MemoryAvailable = 1099 }).LargestBatch);
        Assert.Equal(0, (preflight with { MemoryAvailable = 500 }).LargestBatch);
    }

    [Fact]
    public void A_large_input_is_known_to_need_what_its_maps_need()
    {
        var recipe = new SagaNetRecipe
        {
            Input = new InputOptions { Height = 512, Width = 512 }, Network = new SagaNetOptions { StemFilters = 16, Growth = 8 },
        };
        var preflight = Preflight.Of(recipe, 2, Device.Cpu);
        using var model = recipe.Build(2, Device.Cpu);
        Assert.Equal(model.Store.ParameterCount, preflight.Parameters);
        // Convolution and activation of the first two layers alone keep 2 · 16 + 16 + 2 · 8 + 8 + 24 maps of 256² floats.
        Assert.InRange(preflight.MemoryPerImage, 96L * 256 * 256 * 4, 4L << 30);
        Assert.True(preflight.StepSeconds > 0);
        Assert.InRange(preflight.LargestBatch, 1, 1_000_000);
        Assert.True(preflight.Memory(10_000_000) > preflight.MemoryAvailable);
    }
}
