using Coverslip.Learning.Inputs;
using Coverslip.Learning.Models;
using Coverslip.Methods.SagaNet;
using Coverslip.Torch;
using Coverslip.Torch.Tests;

namespace Coverslip.Learning.Tests.Models;

[NoTensorLeaks]
public sealed class PreflightTests
{
    [Fact]
    public void The_largest_batch_fits_and_one_more_image_does_not()
    {
        var preflight = new Preflight(
            1,
            MemoryPerImage: 100,
            MemoryFixed: 1000,
            MemoryAvailable: 1999,
            Disk: 1,
            StepSeconds: 1
        );
        Assert.Equal(9, preflight.LargestBatch);
        Assert.InRange(preflight.MemoryAvailable, preflight.Memory(9), preflight.Memory(10) - 1);
        Assert.Equal(0, (preflight with { MemoryAvailable = 1099 }).LargestBatch);
        Assert.Equal(0, (preflight with { MemoryAvailable = 500 }).LargestBatch);
    }

    [Fact]
    public void What_was_measured_describes_the_network_and_the_machine()
    {
        var recipe = new SagaNetRecipe
        {
            Input = new InputOptions { Height = 512, Width = 512 },
            Network = new SagaNetOptions { StemFilters = 16, Growth = 8 },
        };
        var preflight = Preflight.Of(recipe, 2, Device.Cpu);
        using var model = recipe.Build(2, Device.Cpu);
        Assert.Equal(model.Store.ParameterCount, preflight.Parameters);
        Assert.True(preflight.StepSeconds > 0);
        Assert.True(preflight.Disk > 4 * 4 * preflight.Parameters);
        Assert.InRange(preflight.MemoryFixed, ProcessMemory.Resident / 2, preflight.MemoryAvailable);
        Assert.InRange(preflight.LargestBatch, 1, 1_000_000);
        Assert.True(preflight.Memory(10_000_000) > preflight.MemoryAvailable);
    }

    [Fact]
    public void A_deep_network_is_measured_on_an_image_it_can_take()
    {
        var recipe = new SagaNetRecipe
        {
            Input = new InputOptions { Height = 128, Width = 128 },
            Network = new SagaNetOptions
            {
                StemFilters = 4,
                Growth = 4,
                StemStride = 4,
                Blocks = [1, 1, 1, 1, 1],
            },
        };
        Assert.Equal(128, recipe.SmallestSide);
        Assert.True(Preflight.Of(recipe, 2, Device.Cpu).StepSeconds > 0);
    }
}
