namespace Coverslip.Torch.Scripts;

/// <summary>One call of an operator of libtorch as nodes of ONNX, opset <see cref="OnnxFile.Opset"/>.</summary>
internal sealed class OnnxOperators(
    OnnxGraphWriter graph,
    Argument[] arguments,
    Func<Tensor, string> named,
    long images
)
{
    /// <summary>Names of the results.</summary>
    /// <exception cref="NotSupportedException">It is not known here.</exception>
    internal string[] Of(string name)
    {
        if (name == "aten::chunk")
            return Chunks();
        var result = name switch
        {
            "aten::conv2d" => Convolution(),
            "aten::conv_transpose2d" => graph.Node(
                "ConvTranspose",
                Operands(0, 1, 2),
                ("strides", Longs(3)),
                ("kernel_shape", ((Tensor)arguments[1].Reference!).Shape[2..])
            ),
            "coverslip::channel_affine" => Affine(),
            "aten::linear" => Linear(),
            "aten::matmul" => graph.Node("MatMul", Operands(0, 1)),
            "aten::max_pool2d" => Pool("MaxPool", Longs(1), ("strides", Longs(2)), ("pads", Pads(3)), Ceil(5)),
            "aten::avg_pool2d" => Pool(
                "AveragePool",
                Longs(1),
                ("strides", Longs(2)),
                ("pads", Pads(3)),
                Ceil(4),
                ("count_include_pad", Bit(5))
            ),
            "aten::adaptive_avg_pool2d" => Adaptive(),
            "aten::add" or "aten::add_" or "aten::sub" => Sum(name == "aten::sub" ? "Sub" : "Add"),
            "aten::mul" => graph.Node("Mul", [First, Other(1)]),
            "aten::div" => graph.Node("Div", [First, Other(1)]),
            "aten::rsub" => graph.Node("Sub", [Other(1), First]),
            "aten::square" => graph.Node("Mul", [First, First]),
            "aten::silu" => graph.Node("Mul", [First, graph.Node("Sigmoid", [First])]),
            "aten::neg" or "aten::sqrt" or "aten::exp" or "aten::log" or "aten::abs" => Unary(name),
            "aten::sigmoid" or "aten::tanh" => Unary(name),
            "aten::relu" or "aten::relu_" => graph.Node("Relu", [First]),
            "aten::elu" => graph.Node("Elu", [First], ("alpha", arguments.Length > 1 ? Real(1) : 1.0)),
            "aten::leaky_relu" => graph.Node("LeakyRelu", [First], ("alpha", Real(1))),
            "aten::hardtanh" or "aten::hardtanh_" or "aten::clamp" => Clip(),
            "aten::softmax" => Softmax("Softmax"),
            "aten::log_softmax" => Softmax("LogSoftmax"),
            "aten::mean" => graph.Node("ReduceMean", [First], ("axes", Axes(1)), ("keepdims", Bit(2))),
            "aten::sum" => graph.Node("ReduceSum", [First], ("axes", Axes(1)), ("keepdims", Bit(2))),
            "aten::cat" => graph.Node(
                "Concat",
                [.. ((Tensor[])arguments[0].Reference!).Select(named)],
                ("axis", Axis(1))
            ),
            "aten::reshape" => Reshape(Longs(1)),
            "aten::flatten" => Flatten(),
            "aten::permute" => graph.Node("Transpose", [First], ("perm", Axes(1))),
            "aten::transpose" => Transpose(),
            "aten::narrow" => Slice(Axis(1), arguments[2].Bits, arguments[2].Bits + arguments[3].Bits),
            "aten::select" => Axes("Squeeze", Slice(Axis(1), arguments[2].Bits, arguments[2].Bits + 1), Axis(1)),
            "aten::unsqueeze" => Axes("Unsqueeze", First, arguments[1].Bits),
            "aten::squeeze" => X.Size((int)Axis(1)) == 1 ? Axes("Squeeze", First, Axis(1)) : First,
            "aten::flip" => Flip(),
            "aten::constant_pad_nd" => Pad(),
            "aten::upsample_nearest2d" => Nearest(),
            "aten::dropout" or "aten::contiguous" or "aten::clone" or "aten::to" or "aten::detach" => First,
            _ => throw new NotSupportedException(name),
        };
        return [result];
    }

    private Tensor X => arguments[0].Reference as Tensor ?? ((Tensor[])arguments[0].Reference!)[0];

    private string First => named(X);

    private string[] Operands(params int[] places) =>
        [.. places.Where(p => arguments[p].Reference is Tensor).Select(p => named((Tensor)arguments[p].Reference!))];

    private string Other(int place) =>
        arguments[place].Reference is Tensor tensor ? named(tensor) : graph.Scalar(Real(place));

    private double Real(int place) =>
        arguments[place].Kind == Argument.Form.Double
            ? BitConverter.Int64BitsToDouble(arguments[place].Bits)
            : arguments[place].Bits;

    private long Bit(int place) => place < arguments.Length ? arguments[place].Bits : 0;

    private long[] Longs(int place) => (long[])arguments[place].Reference!;

    private long[] Pads(int place) => [.. Longs(place), .. Longs(place)];

    private (string, object) Ceil(int place) => ("ceil_mode", Bit(place));

    private long Axis(int place) => Whole(arguments[place].Bits);

    private long[] Axes(int place) => [.. Longs(place).Select(Whole)];

    private long Whole(long axis) => axis < 0 ? axis + X.Shape.Length : axis;

    private string Unary(string name) => graph.Node($"{char.ToUpperInvariant(name[6])}{name[7..]}", [First]);

    private string Convolution() =>
        graph.Node(
            "Conv",
            Operands(0, 1, 2),
            ("strides", Longs(3)),
            ("pads", Pads(4)),
            ("dilations", Longs(5)),
            ("group", arguments[6].Bits),
            ("kernel_shape", ((Tensor)arguments[1].Reference!).Shape[2..])
        );

    private string Axes(string kind, string value, long axis) => graph.Node(kind, [value], ("axes", new[] { axis }));

    // Before opset 13 all dimensions from the axis on are one.
    private string Softmax(string kind) =>
        Axis(1) == X.Shape.Length - 1
            ? graph.Node(kind, [First], ("axis", Axis(1)))
            : throw new NotSupportedException("aten::softmax of another than the last dimension");

    private string Affine()
    {
        var channels = X.Size(1);
        using var scope = new TensorScope();
        var (none, one) = (graph.Constant(Tensor.Zeros([channels])), graph.Constant(Tensor.Ones([channels])));
        var y = graph.Node("BatchNormalization", [.. Operands(0, 1, 2), none, one], ("epsilon", 0.0));
        return arguments[3].Bits switch
        {
            0 => y,
            2 => graph.Node("Relu", [y]),
            _ => graph.Node("Clip", [y], ("min", 0.0), ("max", 6.0)),
        };
    }

    private string Linear()
    {
        var bias = arguments.Length > 2 ? arguments[2].Reference as Tensor : null;
        if (X.Shape.Length == 2 && bias is not null)
            return graph.Node("Gemm", Operands(0, 1, 2), ("transB", 1L));
        var product = graph.Node("MatMul", [First, named(((Tensor)arguments[1].Reference!).Transpose(0, 1))]);
        return bias is null ? product : graph.Node("Add", [product, named(bias)]);
    }

    private string Pool(string kind, long[] sides, params (string, object)[] attributes) =>
        graph.Node(kind, [First], [("kernel_shape", sides), .. attributes]);

    private string Adaptive()
    {
        var (from, to) = (X.Shape[2..], Longs(1));
        if (to is [1, 1])
            return graph.Node("GlobalAveragePool", [First]);
        if (from[0] % to[0] + from[1] % to[1] != 0)
            throw new NotSupportedException("aten::adaptive_avg_pool2d to sides that do not divide the map's");
        long[] step = [from[0] / to[0], from[1] / to[1]];
        return Pool("AveragePool", step, ("strides", step));
    }

    private string Sum(string kind)
    {
        var other = Other(1);
        var factor = arguments.Length > 2 && arguments[2].Kind != Argument.Form.None ? Real(2) : 1;
        return graph.Node(kind, [First, factor == 1 ? other : graph.Node("Mul", [other, graph.Scalar(factor)])]);
    }

    private string Clip()
    {
        (string, object)[] Bound(string name, int place) =>
            place < arguments.Length && arguments[place].Kind != Argument.Form.None ? [(name, Real(place))] : [];
        return graph.Node("Clip", [First], [.. Bound("min", 1), .. Bound("max", 2)]);
    }

    // A shape as it was recorded, but for the number of images.
    private string Reshape(long[] shape)
    {
        if (X.Size(0) != images || (shape[0] != images && shape[0] != -1))
            throw new NotSupportedException("aten::reshape that mixes images");
        long[] sides = [0, .. shape[1..]];
        return graph.Node("Reshape", [First, graph.Constant(sides)]);
    }

    private string Flatten()
    {
        var (first, last) = ((int)Axis(1), (int)Axis(2));
        if (first == 1 && last == X.Shape.Length - 1)
            return graph.Node("Flatten", [First], ("axis", 1L));
        var joined = X.Shape[first..(last + 1)].Aggregate((a, b) => a * b);
        return Reshape([.. X.Shape[..first], joined, .. X.Shape[(last + 1)..]]);
    }

    private string Transpose()
    {
        long[] order = [.. Enumerable.Range(0, X.Shape.Length)];
        var (a, b) = (Axis(1), Axis(2));
        (order[a], order[b]) = (order[b], order[a]);
        return graph.Node("Transpose", [First], ("perm", order));
    }

    private string Slice(long axis, long start, long end, long step = 1) =>
        graph.Node(
            "Slice",
            [First, graph.Constant(start), graph.Constant(end), graph.Constant(axis), graph.Constant(step)]
        );

    private string[] Chunks()
    {
        var axis = Axis(2);
        var (side, parts) = (X.Size((int)axis), arguments[1].Bits);
        var step = (side + parts - 1) / parts;
        return
        [
            .. Enumerable
                .Range(0, (int)((side + step - 1) / step))
                .Select(i => Slice(axis, i * step, Math.Min(side, (i + 1) * step))),
        ];
    }

    // Backwards from the last to past the first.
    private string Flip()
    {
        var axes = Axes(1);
        long[] All(long value) => [.. axes.Select(_ => value)];
        return graph.Node(
            "Slice",
            [
                First,
                graph.Constant(All(-1)),
                graph.Constant(All(-int.MaxValue)),
                graph.Constant(axes),
                graph.Constant(All(-1)),
            ]
        );
    }

    // libtorch's pads are last dimension first, before and after; ONNX's are all befores, then all afters.
    private string Pad()
    {
        var (pads, rank) = (Longs(1), X.Shape.Length);
        var all = new long[2 * rank];
        for (var i = 0; i < pads.Length / 2; i++)
            (all[rank - 1 - i], all[2 * rank - 1 - i]) = (pads[2 * i], pads[2 * i + 1]);
        return graph.Node("Pad", [First], ("mode", "constant"), ("pads", all), ("value", Real(2)));
    }

    private string Nearest()
    {
        var (from, to) = (X.Shape[2..], Longs(1));
        var scales = graph.Constant(Tensor.From<float>([1, 1, (float)to[0] / from[0], (float)to[1] / from[1]], 4));
        return graph.Node("Resize", [First, scales], ("mode", "nearest"));
    }
}
