#include "gateway/json.hpp"

#include <stdexcept>

#include <google/protobuf/util/json_util.h>

namespace vigil::gateway {

std::string to_json(const google::protobuf::Message& message) {
    std::string text;
    const auto status = google::protobuf::util::MessageToJsonString(message, &text);
    if (!status.ok()) throw std::runtime_error("a message cannot be written as JSON");
    return text;
}

bool from_json(const std::string& text, google::protobuf::Message& message) {
    return google::protobuf::util::JsonStringToMessage(text, &message).ok();
}

} // namespace vigil::gateway
