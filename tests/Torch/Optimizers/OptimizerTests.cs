using Coverslip.Torch.Layers;
using Coverslip.Torch.Optimizers;

namespace Coverslip.Torch.Tests.Optimizers;

/// <summary>
/// Six steps of every optimizer on a linear layer against PyTorch's (TensorFlow's form: against its formula).
/// </summary>
[NoTensorLeaks]
[Threads(2)]
public sealed class OptimizerTests
{
    private static readonly Dictionary<string, Func<ParameterStore, Optimizer>> Optimizers = new()
    {
        ["sgd"] = s => new Sgd(s, 0.1),
        ["sgd_momentum"] = s => new Sgd(s, 0.1, new SgdOptions { Momentum = 0.9, WeightDecay = 0.01 }),
        ["sgd_nesterov"] = s => new Sgd(s, 0.1, new SgdOptions { Momentum = 0.9, Nesterov = true }),
        ["adam"] = s => new Adam(s, 0.05),
        ["adam_decay"] = s => new Adam(
            s,
            0.05,
            new AdamOptions
            {
                Beta1 = 0.8,
                Beta2 = 0.95,
                Epsilon = 1e-4,
                WeightDecay = 0.1,
            }
        ),
        ["adamw"] = s => new Adam(s, 0.05, new AdamOptions { WeightDecay = 0.1, Decoupled = true }),
        ["rmsprop"] = s => new RmsProp(s, 0.01),
        ["rmsprop_momentum"] = s => new RmsProp(
            s,
            0.01,
            new RmsPropOptions
            {
                Decay = 0.9,
                Epsilon = 1e-3,
                Momentum = 0.8,
                WeightDecay = 0.1,
            }
        ),
        ["rmsprop_tensorflow"] = s => new RmsProp(
            s,
            0.05,
            new RmsPropOptions
            {
                Decay = 0.9,
                Epsilon = 0.1,
                Momentum = 0.8,
                TensorFlow = true,
            }
        ),
    };

    public static TheoryData<string> Names => [.. Optimizers.Keys];

    [Theory, MemberData(nameof(Names))]
    public void Weights_after_six_steps_equal_PyTorchs(string name)
    {
        using var problem = new Problem();
        using var optimizer = Optimizers[name](problem.Store);
        for (var i = 0; i < 6; i++)
            problem.Step(optimizer);
        Assert.Equal(6, optimizer.Steps);
        problem.Expect(name);
    }

    /// <summary>
    /// Parameters of many sizes, pixel by pixel, with gradients in the other layout, in pieces on two threads: the formulas
    /// in float64, number by number.
    /// </summary>
    [Theory]
    [InlineData("sgd", 0, 0, false)]
    [InlineData("sgd_momentum", 0.9, 0.01, false)]
    [InlineData("sgd_nesterov", 0.9, 0, true)]
    public void One_pass_of_descent_follows_the_formula(string name, double momentum, double decay, bool nesterov) =>
        Follows(
            name,
            (state, w, gradient, _) =>
            {
                var g = gradient + decay * w;
                var v = state[0] = momentum * state[0] + g;
                return w - 0.1 * (nesterov ? g + momentum * v : v);
            }
        );

    /// <summary>The same of Adam and AdamW.</summary>
    [Theory]
    [InlineData("adam", 0.9, 0.999, 1e-8, 0, 0)]
    [InlineData("adam_decay", 0.8, 0.95, 1e-4, 0.1, 0)]
    [InlineData("adamw", 0.9, 0.999, 1e-8, 0, 0.1)]
    public void One_pass_of_Adam_follows_the_formula(
        string name,
        double beta1,
        double beta2,
        double epsilon,
        double decay,
        double shrink
    ) =>
        Follows(
            name,
            (state, w, gradient, step) =>
            {
                var g = gradient + decay * w;
                var m = state[0] = beta1 * state[0] + (1 - beta1) * g;
                var q = state[1] = beta2 * state[1] + (1 - beta2) * g * g;
                var root = Math.Sqrt(q / (1 - Math.Pow(beta2, step))) + epsilon;
                return w * (1 - 0.05 * shrink) - 0.05 * m / (1 - Math.Pow(beta1, step)) / root;
            }
        );

    private static void Follows(string name, Func<double[], double, double, int, double> formula)
    {
        using var scope = new TensorScope();
        TorchRuntime.Seed(6);
        long[][] shapes =
        [
            [1],
            [3, 5],
            [64, 32, 3, 3],
            [100_003],
            [16, 8, 1, 1],
        ];
        using var store = new ParameterStore();
        Tensor[] weights = [.. shapes.Select((s, i) => store.Root.Parameter($"p{i}", s, t => t.UniformInPlace(-1, 1)))];
        store.ToChannelsLast();
        var wanted = weights.Select(w => w.ToArray<float>().Select(v => (double)v).ToArray()).ToArray();
        var states = wanted.Select(w => w.Select(_ => new double[2]).ToArray()).ToArray();
        using var optimizer = Optimizers[name](store);
        for (var step = 1; step <= 5; step++)
        {
            for (var p = 0; p < weights.Length; p++)
            {
                var gradient = Tensor.Randn(shapes[p]);
                weights[p].Gradient = gradient;
                var numbers = gradient.ToArray<float>();
                for (var i = 0; i < numbers.Length; i++)
                    wanted[p][i] = formula(states[p][i], wanted[p][i], numbers[i], step);
            }
            optimizer.Step();
        }
        for (var p = 0; p < weights.Length; p++)
            Assert.All(
                weights[p].ToArray<float>().Zip(wanted[p]),
                pair => Assert.True(Math.Abs(pair.First - pair.Second) < 1e-5 + 1e-5 * Math.Abs(pair.Second))
            );
    }

    [Fact]
    public void Frozen_parameters_neither_move_nor_have_a_state()
    {
        using var problem = new Problem();
        problem.Store.Freeze(path => path == "bias");
        var before = problem.Store["bias"].ToArray<float>();
        using var optimizer = new Adam(problem.Store, 0.05, new AdamOptions { WeightDecay = 0.1, Decoupled = true });
        problem.Step(optimizer);
        Assert.Equal(before, problem.Store["bias"].ToArray<float>());
        Assert.All(optimizer.State(), s => Assert.EndsWith("/weight", s.Name));
        Assert.NotEmpty(optimizer.State());
    }

    [Theory, MemberData(nameof(Names))]
    public void A_restored_state_continues_to_the_same_weights(string name)
    {
        using var problem = new Problem();
        using var first = Optimizers[name](problem.Store);
        for (var i = 0; i < 3; i++)
            problem.Step(first);
        using var second = Optimizers[name](problem.Store);
        second.Restore(first.State().ToDictionary(s => s.Name, s => s.Value), first.Steps);
        for (var i = 0; i < 3; i++)
            problem.Step(second);
        problem.Expect(name);
    }

    [Fact]
    public void A_state_that_does_not_fit_is_named()
    {
        using var scope = new TensorScope();
        using var problem = new Problem();
        using var adam = new Adam(problem.Store, 0.1);
        problem.Step(adam);
        var state = adam.State().ToDictionary(s => s.Name, s => s.Value);
        var missing = state.Where(s => s.Key != "mean/bias").ToDictionary();
        Assert.Contains("mean/bias", Assert.Throws<TorchException>(() => adam.Restore(missing, 1)).Message);
        var misshapen = new Dictionary<string, Tensor>(state) { ["square/bias"] = Tensor.Zeros([1]) };
        Assert.Contains("square/bias", Assert.Throws<TorchException>(() => adam.Restore(misshapen, 1)).Message);
        var unknown = new Dictionary<string, Tensor>(state) { ["mean/gate"] = Tensor.Zeros([1]) };
        Assert.Contains("mean/gate", Assert.Throws<TorchException>(() => adam.Restore(unknown, 1)).Message);
    }

    [Fact]
    public void Parameters_that_are_not_trainable_stay()
    {
        using var problem = new Problem();
        var before = problem.Store["bias"].ToArray<float>();
        using var sgd = new Sgd(problem.Store, 0.1, trainable: path => path == "weight");
        problem.Step(sgd);
        Assert.Equal(before, problem.Store["bias"].ToArray<float>());
    }

    /// <summary>After one step a parameter of a factor is where another rate would have brought it, the others not.</summary>
    [Theory, MemberData(nameof(Names))]
    public void A_parameter_moves_at_its_factor_of_the_rate(string name)
    {
        (float[] Weight, float[] Bias) Moved(Func<string, double> factor, double rate)
        {
            using var problem = new Problem();
            problem.Store.RateFactor = factor;
            using var optimizer = Optimizers[name](problem.Store);
            optimizer.Rate *= rate;
            problem.Step(optimizer);
            return (problem.Store["weight"].ToArray<float>(), problem.Store["bias"].ToArray<float>());
        }
        var (mixed, whole, half) = (Moved(path => path == "bias" ? 0.5 : 1, 1), Moved(_ => 1, 1), Moved(_ => 1, 0.5));
        Assert.Equal(whole.Weight, mixed.Weight);
        Assert.Equal(half.Bias, mixed.Bias);
        Assert.NotEqual(whole.Bias, mixed.Bias);
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    public void A_rate_that_is_none_is_refused(double rate)
    {
        using var problem = new Problem();
        Assert.Throws<ArgumentOutOfRangeException>(() => new Sgd(problem.Store, rate));
    }

    private sealed class Problem : IDisposable
    {
        private readonly Linear layer;

        internal Problem()
        {
            layer = new Linear(Store.Root, 3, 4);
            using var scope = new TensorScope();
            var golden = new Golden("problem");
            Store.Load(new Dictionary<string, Tensor> { ["weight"] = golden["weight"], ["bias"] = golden["bias"] });
        }

        internal ParameterStore Store { get; } = new(TestDevice.Current);

        internal void Step(Optimizer optimizer)
        {
            using var scope = new TensorScope();
            var golden = new Golden("problem");
            Store.ClearGradients();
            Losses.MeanSquared(layer.Forward(golden["x"]), golden["t"]).Backward();
            optimizer.Step();
        }

        internal void Expect(string name)
        {
            using var scope = new TensorScope();
            var golden = new Golden(name);
            foreach (var (path, value) in Store.Parameters)
                Golden.Near(golden[path], value, $"{name}/{path}");
        }

        public void Dispose() => Store.Dispose();
    }
}
