using Coverslip.Learning.Models;
using Coverslip.Torch;
using Coverslip.Torch.Tests;

namespace Coverslip.Methods.Tests.Backbone;

/// <summary>The last column of the paper's table 1 (Liu &amp; Sun 2021).</summary>
[NoTensorLeaks]
public sealed class PaperHeadTests
{
    /// <summary>
    /// At 224×224 pixels and two classes: flattening, 512 units, dropout, two scores. The paper's figures, in millions,
    /// look like Keras's, which count running statistics; with and without them all eight are within 0.5 %.
    /// </summary>
    [Theory]
    [InlineData("densenet-121", 32.7)]
    [InlineData("densenet-169", 54.4)]
    [InlineData("densenet-201", 66.5)]
    [InlineData("inception-v3", 48.0)]
    [InlineData("resnet-50", 75.0)]
    [InlineData("xception", 72.2)]
    [InlineData("mobilenet-v1", 21.1)]
    [InlineData("nasnet-large", 186)]
    public void Numbers_of_parameters_are_the_papers(string name, double millions)
    {
        var width = name == "mobilenet-v1" ? "0.75" : "1";
        var recipe = (INetworkRecipe)
            Known.Methods.Parse($"method: backbone\nnetwork: {{name: {name}, width: {width}}}", "r.yaml");
        using var model = recipe.Build(2, Device.Cpu);
        Assert.InRange(model.Store.ParameterCount / 1e6, millions * 0.995, millions * 1.005);
        var all = model.Store.All.Where(p => p.Value.DType != DType.Int64).Sum(p => p.Value.Count);
        Assert.InRange(all / 1e6, millions * 0.995, millions * 1.005);
    }
}
