// The boxed call: any operator by name, its arguments converted by the operator's own schema.
#include <ATen/core/dispatch/Dispatcher.h>
#include <torch/csrc/autograd/variable.h>

#include <sstream>

#include "convert.h"

namespace coverslip {
namespace {

using c10::IValue;
using c10::TypeKind;

const char* const kind_names[] = {"None", "Tensor", "int",     "float",    "bool",
                                  "str",  "int[]",  "float[]", "Tensor[]", "bool[]"};

[[noreturn]] void mismatch(const c10::Argument& wanted, const CtValue& given) {
    std::ostringstream text;
    text << "argument '" << wanted.name() << "' is of type " << wanted.type()->str() << ", given was a "
         << kind_names[given.kind];
    throw std::invalid_argument(text.str());
}

template <class T>
c10::List<T> list_of(const CtValue& value) {
    c10::List<T> list;
    list.reserve(value.length);
    for (int32_t i = 0; i < value.length; i++) list.push_back(static_cast<const T*>(value.pointer)[i]);
    return list;
}

IValue tensors(const CtValue& value, bool optional) {
    auto* pointers = static_cast<CtTensor* const*>(value.pointer);
    if (optional) {
        c10::List<c10::optional<at::Tensor>> list;
        for (int32_t i = 0; i < value.length; i++)
            list.push_back(pointers[i] ? c10::optional<at::Tensor>(borrow(pointers[i])) : c10::nullopt);
        return list;
    }
    c10::List<at::Tensor> list;
    list.reserve(value.length);
    for (int32_t i = 0; i < value.length; i++) list.push_back(borrow(pointers[i]));
    return list;
}

// By the schema's type, not by the caller's: an int fits a Scalar, a float, an int[] of unknown length …
IValue convert(const CtValue& value, const c10::Argument& argument, const c10::Type& type) {
    if (value.kind == CT_NONE) {
        if (type.kind() == TypeKind::TensorType) return at::Tensor();
        if (type.kind() == TypeKind::OptionalType || type.kind() == TypeKind::NoneType) return IValue();
        mismatch(argument, value);
    }
    switch (type.kind()) {
        case TypeKind::OptionalType:
            return convert(value, argument, *type.castRaw<c10::OptionalType>()->getElementType());
        case TypeKind::TensorType:
            if (value.kind == CT_TENSOR) return borrow(value.tensor);
            break;
        case TypeKind::NumberType:
        case TypeKind::FloatType:
            if (value.kind == CT_DOUBLE) return value.number;
            if (value.kind == CT_INT && type.kind() == TypeKind::FloatType) return static_cast<double>(value.integer);
            if (value.kind == CT_INT) return value.integer;
            if (value.kind == CT_BOOL && type.kind() == TypeKind::NumberType) return value.integer != 0;
            break;
        case TypeKind::IntType:
        case TypeKind::SymIntType:
        case TypeKind::MemoryFormatType:
        case TypeKind::LayoutType:
        case TypeKind::ScalarTypeType:
            if (value.kind == CT_INT) return value.integer;
            break;
        case TypeKind::BoolType:
            if (value.kind == CT_BOOL) return value.integer != 0;
            break;
        case TypeKind::StringType:
            if (value.kind == CT_STRING) return std::string(static_cast<const char*>(value.pointer), value.length);
            break;
        case TypeKind::DeviceObjType:
            if (value.kind == CT_STRING)
                return c10::Device(std::string(static_cast<const char*>(value.pointer), value.length));
            break;
        case TypeKind::ListType: {
            const auto& element = *type.castRaw<c10::ListType>()->getElementType();
            switch (element.kind()) {
                case TypeKind::IntType:
                case TypeKind::SymIntType:
                    if (value.kind == CT_INT_LIST) return list_of<int64_t>(value);
                    if (value.kind == CT_INT) return c10::List<int64_t>({value.integer});
                    break;
                case TypeKind::FloatType:
                    if (value.kind == CT_DOUBLE_LIST) return list_of<double>(value);
                    break;
                case TypeKind::BoolType:
                    if (value.kind == CT_BOOL_LIST) {
                        c10::List<bool> list;
                        for (int32_t i = 0; i < value.length; i++)
                            list.push_back(static_cast<const int64_t*>(value.pointer)[i] != 0);
                        return list;
                    }
                    break;
                case TypeKind::TensorType:
                    if (value.kind == CT_TENSOR_LIST) return tensors(value, false);
                    break;
                case TypeKind::OptionalType:
                    if (value.kind == CT_TENSOR_LIST) return tensors(value, true);
                    break;
                default: break;
            }
            break;
        }
        default: break;
    }
    mismatch(argument, value);
}

struct Results {
    CtValue* values;
    int32_t capacity, count;

    void add(const IValue& value) {
        if (value.isTensorList()) {
            for (const at::Tensor& tensor : value.toTensorVector()) add(tensor);
            return;
        }
        if (count == capacity) throw std::length_error("the operator returned more values than the caller expects");
        CtValue& out = values[count++];
        out = {};
        if (value.isTensor()) {
            out.tensor = give(value.toTensor());
            out.kind = out.tensor ? CT_TENSOR : CT_NONE;
        } else if (value.isInt()) {
            out.kind = CT_INT;
            out.integer = value.toInt();
        } else if (value.isBool()) {
            out.kind = CT_BOOL;
            out.integer = value.toBool();
        } else if (value.isDouble()) {
            out.kind = CT_DOUBLE;
            out.number = value.toDouble();
        } else if (!value.isNone()) {
            throw std::invalid_argument("the operator returned a " + value.tagKind() + ", which has no C# counterpart");
        }
    }
};

std::string where(const c10::OperatorHandle& op, const CtValue* arguments, int32_t count) {
    std::ostringstream text;
    text << op.schema().name();
    if (!op.schema().overload_name().empty()) text << "." << op.schema().overload_name();
    text << "(";
    const auto& names = op.schema().arguments();
    for (int32_t i = 0; i < count && i < static_cast<int32_t>(names.size()); i++) {
        if (i) text << ", ";
        text << names[i].name() << ": ";
        const CtValue& value = arguments[i];
        switch (value.kind) {
            case CT_TENSOR: text << describe(borrow(value.tensor)); break;
            case CT_INT: text << value.integer; break;
            case CT_BOOL: text << (value.integer ? "true" : "false"); break;
            case CT_DOUBLE: text << value.number; break;
            case CT_INT_LIST: text << at::IntArrayRef(static_cast<const int64_t*>(value.pointer), value.length); break;
            case CT_TENSOR_LIST: {
                text << "[";
                auto* pointers = static_cast<CtTensor* const*>(value.pointer);
                for (int32_t k = 0; k < value.length && k < 4; k++)
                    text << (k ? ", " : "") << describe(borrow(pointers[k]));
                text << (value.length > 4 ? ", …]" : "]");
                break;
            }
            default: text << kind_names[value.kind];
        }
    }
    text << ")";
    return text.str();
}

}  // namespace

std::string describe(const at::Tensor& tensor) {
    if (!tensor.defined()) return "None";
    std::ostringstream text;
    text << toString(tensor.scalar_type()) << tensor.sizes();
    if (!tensor.is_cpu()) text << " on " << tensor.device();
    return text.str();
}

}  // namespace coverslip

using namespace coverslip;

// Finds an operator ("aten::conv2d", ""); null where there is none.
CT_API CtOperator* ct_operator(const char* name, const char* overload) {
    c10::OperatorHandle* found = nullptr;
    guarded([&] { found = new c10::OperatorHandle(c10::Dispatcher::singleton().findSchemaOrThrow(name, overload)); });
    return reinterpret_cast<CtOperator*>(found);
}

// Calls it; arguments left out at the end take the schema's defaults. `result_count`: in capacity, out results.
CT_API int32_t ct_call(CtOperator* op, const CtValue* arguments, int32_t count, CtValue* results,
                       int32_t* result_count) {
    const auto& handle = *reinterpret_cast<c10::OperatorHandle*>(op);
    Results out{results, *result_count, 0};
    try {
        const auto& schema = handle.schema().arguments();
        if (count > static_cast<int32_t>(schema.size()))
            throw std::invalid_argument("takes " + std::to_string(schema.size()) + " arguments, given were " +
                                        std::to_string(count));
        torch::jit::Stack stack;
        stack.reserve(schema.size());
        for (int32_t i = 0; i < count; i++) stack.push_back(convert(arguments[i], schema[i], *schema[i].type()));
        for (size_t i = count; i < schema.size(); i++) {
            if (!schema[i].default_value())
                throw std::invalid_argument("argument '" + schema[i].name() + "' is missing and has no default");
            stack.push_back(*schema[i].default_value());
        }
        handle.callBoxed(&stack);
        for (const auto& value : stack) out.add(value);
        *result_count = out.count;
        return 0;
    } catch (const c10::Error& error) {
        set_error(where(handle, arguments, count) + ": " + error.what_without_backtrace());
    } catch (const std::exception& error) {
        set_error(where(handle, arguments, count) + ": " + error.what());
    } catch (...) {
        set_error(where(handle, arguments, count) + ": an exception of unknown type");
    }
    for (int32_t i = 0; i < out.count; i++)
        if (results[i].kind == CT_TENSOR) take(results[i].tensor);
    return 1;
}
